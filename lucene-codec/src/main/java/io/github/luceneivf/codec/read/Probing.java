package io.github.luceneivf.codec.read;

import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import org.apache.lucene.search.KnnCollector;

/**
 * One search of the posting lists of a segment.
 *
 * <ol>
 *   <li>Lists are ranked and scanned best first: at least {@code nprobe} of them, and on while a
 *       filter makes neighbours rare among what was scanned: where a share p of it is accepted, the
 *       k nearest accepted vectors lie as far as the k/p nearest of all, and that many lists are
 *       probed. So a filter that matches elsewhere is followed until its matches are found, and k
 *       hits are found wherever k exist.
 *   <li>The nearest candidates by approximate distance are reranked exactly.
 *   <li>While the last of the reranked candidates still compete, more are reranked, and then more
 *       lists are probed. For a top-k collector this repairs the rare query on which codes mislead;
 *       a range collector thus gets everything near its threshold.
 * </ol>
 *
 * <p>Not thread-safe; one per search.
 */
final class Probing {

  /** Candidates kept for each one that is reranked at first. */
  private static final int SPARE = 2;

  /** Candidates reranked at a time once the first ones did not suffice, at least. */
  private static final int MIN_BATCH = 8;

  private final FieldSearcher.Lists lists;
  private final QueryCode query;
  private final ListScanner scanner;
  private final Reranker reranker;
  private final KnnCollector collector;
  private final ProbeSettings settings;

  private int[] ranked = new int[0];
  private float[] bases = new float[0];
  private int probed;

  Probing(
      FieldSearcher.Lists lists,
      QueryCode query,
      ListScanner scanner,
      Reranker reranker,
      KnnCollector collector,
      ProbeSettings settings) {
    this.lists = lists;
    this.query = query;
    this.scanner = scanner;
    this.reranker = reranker;
    this.collector = collector;
    this.settings = settings;
  }

  void run() throws IOException {
    int nlist = lists.postings().nlist();
    int keep = (int) Math.min((long) SPARE * settings.depth(), lists.vectors());
    CandidateQueue candidates = new CandidateQueue(keep, lists.vectors());
    probe(settings.nprobe(), candidates);
    int done = 0;
    int wanted = settings.depth();
    int tail = Math.max(1, wanted / 4);
    while (true) {
      int size = candidates.finish();
      int to = Math.min(wanted, size);
      if (!competes(candidates, done, Math.max(done, to - tail), to)) {
        return;
      }
      done = to;
      tail = Math.max(MIN_BATCH, done / 4);
      wanted = done + tail;
      if (done < size) {
        continue;
      }
      if (candidates.dropped()) {
        keep = (int) Math.min(4L * keep, lists.vectors());
      } else if (probed == nlist) {
        return;
      }
      boolean wider = !candidates.dropped();
      candidates = new CandidateQueue(keep, lists.vectors());
      scanner.rescan(candidates);
      if (wider) {
        probe(Math.min(2 * probed, nlist), candidates);
      }
      candidates.finish();
      candidates.select(0, done);
    }
  }

  /**
   * Reranks candidates [from, to).
   *
   * @return whether those from {@code tail} on, farther than the others, may still change the hits
   */
  private boolean competes(CandidateQueue candidates, int from, int tail, int to)
      throws IOException {
    if (from < tail) {
      candidates.select(from, tail);
      reranker.rerank(candidates, from, tail);
    }
    float best = Float.NEGATIVE_INFINITY;
    if (tail < to) {
      candidates.select(tail, to);
      best = reranker.rerank(candidates, tail, to);
    }
    return !collector.earlyTerminated() && best > collector.minCompetitiveSimilarity();
  }

  private void probe(int nprobe, CandidateQueue candidates) throws IOException {
    for (int wanted = nprobe; probed < wanted; ) {
      if (probed == ranked.length) {
        rankMore(Math.max(wanted, 2 * ranked.length));
        for (int i = probed; i < wanted; i++) {
          lists.postings().prefetch(ranked[i]);
        }
      }
      scanner.scan(ranked[probed], bases[probed], candidates, collector);
      probed++;
      if (collector.earlyTerminated()) {
        return;
      }
      if (probed == wanted) {
        wanted = wanted(nprobe, candidates);
      }
    }
  }

  private int wanted(int nprobe, CandidateQueue candidates) {
    int nlist = lists.postings().nlist();
    int wanted = settings.lists(nprobe, scanner.acceptedShare());
    if (wanted <= probed && candidates.size() < Math.min(collector.k(), lists.vectors())) {
      wanted = probed + 1;
    }
    return Math.min(wanted, nlist);
  }

  /** Ranks more lists; those ranked before keep their places. */
  private void rankMore(int wanted) {
    int want = Math.min(wanted, lists.postings().nlist());
    int[] more = new int[want];
    float[] distances = new float[want];
    lists.codebook().ranking().rank(query, want, more, distances);
    if (probed > 0) {
      keepOrder(more, distances);
    } else {
      ranked = more;
      bases = distances;
    }
  }

  /** A wider ranking may order lists differently: those scanned stay first, the others follow. */
  private void keepOrder(int[] more, float[] distances) {
    boolean[] seen = new boolean[lists.postings().nlist()];
    int at = 0;
    int[] order = new int[more.length];
    float[] orderBases = new float[more.length];
    for (int i = 0; i < probed; i++) {
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
}
