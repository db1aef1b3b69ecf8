// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Keeps the cap on list sizes with a fixed number of lists. In each round the lists over the cap
 * are split into parts of about half the cap; the numbers this takes come from empty lists and from
 * lists that can be dissolved at the least cost: by Ward's criterion, the growth of the sum of
 * squares when a list merges with its nearest neighbour (Ward, "Hierarchical Grouping to Optimize
 * an Objective Function", JASA 58, 1963). All vectors are then assigned anew.
 *
 * <p>A list over the cap is exempt when one vector alone fills the cap and the others with it are
 * fewer than a mean list: no partition by distance can help it.
 */
final class Balancer {

  /** Real data need none or one; pure noise with a tight cap needs several. */
  private static final int MAX_ROUNDS = 24;

  /** Smallest lists that are looked at for dissolution, beside four times those needed. */
  private static final int CANDIDATES = 32;

  /** Share of lists, as 1 / this, that must have changed to make another Lloyd step worth it. */
  private static final int POLISH_SHARE = 20;

  private final FloatMatrix rows;
  private final KMeansParams params;
  private final Workers workers;
  private final Lloyd lloyd;
  private final int cap;
  private final double mean;
  private int changedLists;
  private int splitLists;
  private int emptyLists;
  private int repairedLists;
  private BitSet exempt = new BitSet();

  Balancer(FloatMatrix rows, int nlist, KMeansParams params, Workers workers, Lloyd lloyd) {
    this.rows = rows;
    this.params = params;
    this.workers = workers;
    this.lloyd = lloyd;
    this.mean = (double) rows.rows() / nlist;
    this.cap = cap(rows.rows(), nlist, params.maxListFactor());
  }

  /** Returns the most vectors a list may hold. */
  static int cap(int n, int nlist, double factor) {
    return (int) Math.min(n, Math.ceil(factor * n / nlist));
  }

  int splitLists() {
    return splitLists;
  }

  int emptyLists() {
    return emptyLists;
  }

  int repairedLists() {
    return repairedLists;
  }

  /** Lists over the cap that were exempt when {@link #balance} returned. */
  int duplicateLists() {
    return exempt.cardinality();
  }

  /** Returns centroids, and the assignment to them, with every list within the cap if possible. */
  State balance(State start, Workers.Tick tick) throws IOException {
    State state = start;
    State best = start;
    int fewest = Integer.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      ListMembers members = ListMembers.of(state.assignment());
      BitSet over = over(members);
      int empty = (int) IntStream.of(state.assignment().sizes()).filter(s -> s == 0).count();
      int excess = over.stream().map(l -> members.size(l) - cap).sum() + empty;
      if (excess < fewest) {
        fewest = excess;
        best = state;
      }
      if (excess == 0) {
        return changedLists * POLISH_SHARE < state.centroids().rows() ? state : polish(state, tick);
      }
      emptyLists += empty;
      state = round(state, members, over, round, tick);
    }
    over(ListMembers.of(best.assignment()));
    return best;
  }

  /** Lists over the cap and not exempt; sets which ones are exempt. */
  private BitSet over(ListMembers members) {
    BitSet over = new BitSet();
    exempt = new BitSet();
    for (int list = 0; list < members.offsets().length - 1; list++) {
      if (members.size(list) > cap) {
        (isDuplicates(members, list) ? exempt : over).set(list);
      }
    }
    return over;
  }

  private boolean isDuplicates(ListMembers members, int list) {
    DistinctRows distinct = new DistinctRows(rows);
    int[] counts = new int[members.size(list)];
    int most = 0;
    for (int i = members.offsets()[list]; i < members.offsets()[list + 1]; i++) {
      most = Math.max(most, ++counts[distinct.add(members.rows()[i])]);
    }
    return most > cap && members.size(list) - most < mean;
  }

  private State round(State state, ListMembers members, BitSet over, int round, Workers.Tick tick)
      throws IOException {
    int nlist = state.centroids().rows();
    int target = Math.max(1, cap / (2 + round / 4));
    int wanted = over.stream().map(l -> (members.size(l) - 1) / target).sum();
    int[] empty = IntStream.range(0, nlist).filter(l -> members.size(l) == 0).toArray();
    int dissolve = Math.clamp(wanted - empty.length, 0, Math.max(1, nlist / 3));
    int[] dissolved =
        dissolve == 0 ? new int[0] : cheapest(state.centroids(), members, over, dissolve, tick);
    int[] free = IntStream.concat(IntStream.of(empty), IntStream.of(dissolved)).toArray();
    BitSet kept = (BitSet) exempt.clone();
    float[] centroids = state.centroids().values().clone();
    ListSplitter.Outcome outcome =
        new ListSplitter(rows, workers)
            .fill(
                members,
                free,
                over.isEmpty() ? l -> !kept.get(l) : over::get,
                centroids,
                Lloyd.seed(params.seed(), 1000 + round),
                tick);
    splitLists += over.isEmpty() ? 0 : outcome.split();
    changedLists += outcome.used() + outcome.split();
    repairedLists += Math.min(outcome.used(), empty.length);
    FloatMatrix next = new FloatMatrix(centroids, nlist, rows.dim());
    return new State(next, lloyd.assign(next, tick));
  }

  /** One Lloyd step for the neighbours of what was split and dissolved, if the cap still holds. */
  private State polish(State state, Workers.Tick tick) throws IOException {
    BitSet exemptBefore = exempt;
    FloatMatrix moved =
        lloyd.means(ListMembers.of(state.assignment()), state.centroids(), _ -> tick.tick(0));
    State next = new State(moved, lloyd.assign(moved, tick));
    boolean holds =
        over(ListMembers.of(next.assignment())).isEmpty()
            && IntStream.of(next.assignment().sizes()).allMatch(s -> s > 0);
    if (holds && next.assignment().objective() <= state.assignment().objective()) {
      return next;
    }
    exempt = exemptBefore;
    return state;
  }

  /**
   * Returns up to {@code count} lists whose dissolution costs least, none of them another's heir.
   */
  private int[] cheapest(
      FloatMatrix centroids, ListMembers members, BitSet over, int count, Workers.Tick tick)
      throws IOException {
    int nlist = centroids.rows();
    int[] heirs = new int[nlist];
    double[] costs = new double[nlist];
    int[] smallest =
        sorted(
            IntStream.range(0, nlist)
                .filter(l -> members.size(l) > 0 && !over.get(l) && !exempt.get(l)),
            members::size,
            CANDIDATES + 4 * count);
    workers.run(
        smallest.length,
        16,
        (_, from, to) -> {
          for (int i = from; i < to; i++) {
            costs[smallest[i]] = heir(centroids, members, smallest[i], heirs);
          }
        },
        _ -> tick.tick(0));
    int[] order = sorted(IntStream.of(smallest), l -> costs[l], nlist);
    BitSet taken = new BitSet();
    BitSet inherits = new BitSet();
    for (int list : order) {
      int heir = heirs[list];
      boolean fits = over.get(heir) || members.size(list) + members.size(heir) <= cap;
      if (taken.cardinality() < count && !inherits.get(list) && !taken.get(heir) && fits) {
        taken.set(list);
        inherits.set(heir);
      }
    }
    return taken.isEmpty()
        ? Arrays.copyOf(order, Math.min(1, order.length))
        : taken.stream().toArray();
  }

  private static int[] sorted(IntStream lists, IntToDoubleFunction key, int limit) {
    return lists
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(key::applyAsDouble).thenComparing(l -> l))
        .limit(limit)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Finds the nearest other list that is not empty; returns the cost of merging with it. */
  private static double heir(FloatMatrix centroids, ListMembers members, int list, int[] heirs) {
    int dim = centroids.dim();
    float[] values = centroids.values();
    double nearest = Double.POSITIVE_INFINITY;
    for (int other = 0; other < centroids.rows(); other++) {
      if (other != list && members.size(other) > 0) {
        double d = Assigner.squaredDistance(values, list * dim, values, other * dim, dim);
        if (d < nearest) {
          nearest = d;
          heirs[list] = other;
        }
      }
    }
    double size = members.size(list);
    double heirSize = members.size(heirs[list]);
    return nearest * size * heirSize / (size + heirSize);
  }

  /**
   * Centroids and the assignment to them.
   *
   * @param centroids [nlist × dim]
   */
  record State(FloatMatrix centroids, Assignment assignment) {}
}
