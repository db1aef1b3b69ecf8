// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.Tag;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The scenarios by the names that users give. */
enum Scenario {
  /** One segment, as flushed. */
  SINGLE {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      warm("one segment", contest(context, Layout.FLUSHED, Contest.Breadth.ALL), context, findings);
    }
  },
  /** Ten segments. */
  SEGMENTS {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      warm(
          "10 segments",
          contest(context, Layout.SEGMENTS, Contest.Breadth.ENDS),
          context,
          findings);
    }
  },
  /** One segment, a fifth of it deleted. */
  DELETED {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      Judge judge = SubsetJudge.of(context.set(), context.tags(), tags -> !Tag.DELETED.isIn(tags));
      Contest contest = new Contest(Layout.WITH_DELETES, judge, Contest.Breadth.ENDS);
      warm("20 % deleted", contest, context, findings);
    }
  },
  /** Filters of every kind over one and ten segments, with and without deletes. */
  FILTERS {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      FiltersScenario.run(context, findings);
    }
  },
  /** No page of the index in memory. */
  COLD {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      Contest contest = contest(context, Layout.FLUSHED, Contest.Breadth.TARGETS);
      search(new SearchScenario("cold page cache", contest, Meters.cold()), context, findings);
    }
  },
  /** Page cache of a fifth of the vectors. */
  LIMITED {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      Optional<String> obstacle = MemoryLimit.whyNot();
      if (obstacle.isPresent()) {
        context.say("scenario %s is left out: %s", this, obstacle.get());
        return;
      }
      Contest contest = contest(context, Layout.FLUSHED, Contest.Breadth.TARGETS);
      String name = "page cache of 20 % of the vectors";
      search(new SearchScenario(name, contest, Meters.limited()), context, findings);
    }
  },
  /** One and two threads. */
  THREADS {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      Contest contest = contest(context, Layout.FLUSHED, Contest.Breadth.TARGETS);
      for (int threads = 1; threads <= 2; threads++) {
        String name = threads + (threads == 1 ? " search thread" : " search threads");
        search(new SearchScenario(name, contest, Meters.threads(threads)), context, findings);
      }
    }
  },
  /** What indexes cost. */
  BUILD {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      BuildScenario.run(context, findings);
    }
  },
  /** Ten segments of an index that knew its rows before. */
  SHARED {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      warm(
          "10 segments, learnt before",
          contest(context, Layout.SHARED, Contest.Breadth.ENDS),
          context,
          findings);
    }
  },
  /** Flushes and merges of an index that knows its rows. */
  MERGING {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      MergingScenario.run(context, findings);
    }
  },
  /** Search while segments are merged. */
  TRAFFIC {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      TrafficScenario.run(context, findings);
    }
  },
  /** Merges that are given up. */
  ABORT {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      AbortScenario.run(context, findings);
    }
  },
  /** An index that changes all the time. */
  DECAY {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      DecayScenario.run(context, findings);
    }
  },
  /** An index just opened, in a process just started. */
  OPENING {
    @Override
    void run(BenchContext context, Findings findings) throws IOException {
      OpeningScenario.run(context, findings);
    }
  };

  /** Runs the scenario. */
  abstract void run(BenchContext context, Findings findings) throws IOException;

  private static Contest contest(BenchContext context, Layout layout, Contest.Breadth breadth) {
    return new Contest(layout, context.judge(), breadth);
  }

  private static void warm(String name, Contest contest, BenchContext context, Findings findings)
      throws IOException {
    search(new SearchScenario(name, contest, Meters.WARM), context, findings);
  }

  private static void search(SearchScenario scenario, BenchContext context, Findings findings)
      throws IOException {
    findings.searches().add(scenario.run(context, findings));
  }

  /** Returns the name as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns a scenario.
   *
   * @throws IllegalArgumentException if none has the name
   */
  static Scenario of(String name) {
    for (Scenario scenario : values()) {
      if (scenario.toString().equals(name)) {
        return scenario;
      }
    }
    throw new IllegalArgumentException(
        "scenario must be one of " + List.of(values()) + ", got: " + name);
  }
}
