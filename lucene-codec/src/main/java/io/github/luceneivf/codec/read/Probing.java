package io.github.luceneivf.codec.read;

import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import org.apache.lucene.search.KnnCollector;

/**
 * One search of the posting lists of a segment.
 *
 * <ol>
 *   <li>Lists are ranked and scanned best first: at least {@code nprobe} of them, and on until as
 *       many accepted vectors were seen as these lists hold in all. So a filter that accepts a
 *       share p of the vectors widens the search to nprobe/p lists, one that matches elsewhere goes
 *       on until it finds its matches, and k hits are found wherever k exist.
 *   <li>The nearest candidates by approximate distance are reranked exactly.
 *   <li>While the last quarter of the reranked candidates still competes, more is reranked, and
 *       then more lists are probed. For a top-k collector this repairs the rare query on which
 *       codes mislead; a range collector thus gets everything near its threshold.
 * </ol>
 *
 * <p>Each accepted vector counts as visited when its list is first scanned, and never again. Not
 * thread-safe; one per search.
 */
final class Probing {

  private final FieldSearcher.Lists lists;
  private final QueryCode query;
  private final ListScanner scanner;
  private final Reranker reranker;
  private final KnnCollector collector;

  private int[] ranked = new int[0];
  private float[] bases = new float[0];
  private int probed;
  private boolean exhausted;

  Probing(
      FieldSearcher.Lists lists,
      QueryCode query,
      ListScanner scanner,
      Reranker reranker,
      KnnCollector collector) {
    this.lists = lists;
    this.query = query;
    this.scanner = scanner;
    this.reranker = reranker;
    this.collector = collector;
  }

  void run(ProbeSettings settings) throws IOException {
    int depth = settings.depth();
    CandidateQueue candidates = new CandidateQueue(depth, lists.vectors());
    probe(settings.nprobe(), candidates);
    int done = 0;
    while (true) {
      int size = candidates.finish();
      float tail = reranker.rerank(candidates.ords(), done, size);
      done = size;
      if (collector.earlyTerminated() || tail <= collector.minCompetitiveSimilarity()) {
        return;
      }
      if (candidates.dropped()) {
        depth = (int) Math.min(4L * depth, lists.vectors());
      } else if (isExhausted()) {
        return;
      }
      candidates = deeper(depth, !candidates.dropped());
    }
  }

  /**
   * Scans again what was probed, for more candidates; the first ones come out the same. With {@code
   * wider} all candidates were used up, and as many lists again are probed.
   */
  private CandidateQueue deeper(int depth, boolean wider) throws IOException {
    CandidateQueue candidates = new CandidateQueue(depth, lists.vectors());
    for (int i = 0; i < probed; i++) {
      scanner.scan(ranked[i], bases[i], candidates, null);
    }
    if (wider) {
      probe(Math.min(2 * probed, lists.postings().nlist()), candidates);
    }
    return candidates;
  }

  private boolean isExhausted() {
    return exhausted || probed >= lists.postings().nlist();
  }

  private void probe(int nprobe, CandidateQueue candidates) throws IOException {
    long before = scanner.accepted();
    long budget = 0;
    for (int i = probed; ; i++) {
      if (i >= nprobe && scanner.accepted() - before >= Math.max(budget, collector.k())) {
        return;
      }
      if (i >= ranked.length && !rankMore(Math.max(nprobe, 2 * ranked.length))) {
        exhausted = true;
        return;
      }
      if (i < nprobe) {
        budget += lists.postings().size(ranked[i]);
      }
      scanner.scan(ranked[i], bases[i], candidates, collector);
      probed = i + 1;
      if (collector.earlyTerminated()) {
        return;
      }
    }
  }

  /** Ranks more lists; those ranked before keep their places. */
  private boolean rankMore(int wanted) {
    int nlist = lists.postings().nlist();
    if (ranked.length == nlist) {
      return false;
    }
    int want = Math.min(wanted, nlist);
    int[] more = new int[want];
    float[] distances = new float[want];
    lists.codebook().ranking().rank(query, want, more, distances);
    keepOrder(more, distances);
    return true;
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
