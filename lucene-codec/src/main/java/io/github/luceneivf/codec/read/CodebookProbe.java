// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codec.file.LoadedCodebook;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.search.KnnCollector;

/**
 * The lists of one codebook in all segments that have it, best first. The centroids are ranked
 * once, as far as they are asked for. Not thread-safe; one per search.
 */
final class CodebookProbe {

  /** Lists scanned best first: enough for a threshold that spares most vectors of the others. */
  private static final int BEST_FIRST = 4;

  private final LoadedCodebook codebook;
  private final QueryCode query;
  private final CodebookScanner scanner;
  private final ProbeSettings settings;
  private final float scale;
  private final int nlist;

  private int[] ranked = new int[0];
  private float[] bases = new float[0];
  private float[] keys = new float[0];
  private int next;
  private int scanned;
  private int rankings;

  /**
   * Prepares a search.
   *
   * @param scanner of the segments
   * @param settings how much of the lists to look at
   * @param scale what makes distances comparable with those of the search's first codebook
   */
  CodebookProbe(
      LoadedCodebook codebook,
      QueryCode query,
      CodebookScanner scanner,
      ProbeSettings settings,
      float scale) {
    this.codebook = codebook;
    this.query = query;
    this.scanner = scanner;
    this.settings = settings;
    this.scale = scale;
    this.nlist = codebook.codebook().nlist();
  }

  /** Returns by what to multiply distances in another codebook's space to get those in ours. */
  float scaleOf(Codebook other) {
    int finer = codebook.codebook().space().exponent() - other.space().exponent();
    return Math.scalb(1f, other.metric() == Metric.EUCLIDEAN ? 2 * finer : finer);
  }

  CodebookScanner scanner() {
    return scanner;
  }

  ProbeSettings settings() {
    return settings;
  }

  int nlist() {
    return nlist;
  }

  /** Returns the lists taken so far. */
  int taken() {
    return next;
  }

  int rankings() {
    return rankings;
  }

  /** Returns the vectors of all segments. */
  long vectors() {
    return scanner.vectors();
  }

  boolean hasNext() {
    return next < nlist;
  }

  /**
   * Ranks lists until one is there to take.
   *
   * @param wanted lists that may be wanted in all
   */
  void rank(int wanted) throws IOException {
    if (next < ranked.length || next == nlist) {
      return;
    }
    int want = Math.min(Math.max(wanted, Math.max(2 * ranked.length, 1)), nlist);
    int[] more = new int[want];
    float[] distances = new float[want];
    codebook.ranking().rank(query, want, more, distances);
    rankings++;
    if (next > 0) {
      keepOrder(more, distances);
    } else {
      ranked = more;
      bases = distances;
    }
    keys = codebook.ranking().keys(query, ranked, bases);
    for (int i = next; i < Math.min(wanted, ranked.length); i++) {
      scanner.prefetch(ranked[i]);
    }
  }

  /** A wider ranking may order lists differently: those taken stay first, the others follow. */
  private void keepOrder(int[] more, float[] distances) {
    boolean[] seen = new boolean[nlist];
    int at = 0;
    int[] order = new int[more.length];
    float[] orderBases = new float[more.length];
    for (int i = 0; i < next; i++) {
      seen[ranked[i]] = true;
      order[at] = ranked[i];
      orderBases[at++] = bases[i];
    }
    for (int i = 0; i < more.length && at < order.length; i++) {
      if (!seen[more[i]]) {
        order[at] = more[i];
        orderBases[at++] = distances[i];
      }
    }
    ranked = order;
    bases = orderBases;
  }

  /** Returns by what the next list is ranked among those of other codebooks: smaller is better. */
  float nextKey() {
    return scale * keys[next];
  }

  /** Takes the next list, to be scanned with all that were taken since the last scan. */
  void take() {
    next++;
  }

  /**
   * Scans the lists that were taken and not scanned yet: the first few best first, in all segments,
   * for candidates to compete with; the others segment by segment, in the order on disk, in which
   * lists near each other in space are neighbours.
   */
  void scanTaken(ScanLog log, CandidateQueue candidates, KnnCollector visits) throws IOException {
    long[] taken = new long[next - scanned];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = (long) ranked[scanned + i] << 32 | (scanned + i);
    }
    int best = Math.clamp(BEST_FIRST - (long) scanned, 0, taken.length);
    Arrays.sort(taken, best, taken.length);
    int[] lists = new int[taken.length];
    float[] distances = new float[taken.length];
    for (int i = 0; i < taken.length; i++) {
      lists[i] = (int) (taken[i] >> 32);
      distances[i] = bases[(int) taken[i]];
    }
    scanned = next;
    scanner.scan(lists, distances, 0, best, log, candidates, visits);
    if (!visits.earlyTerminated()) {
      scanner.scan(lists, distances, best, lists.length, log, candidates, visits);
    }
  }
}
