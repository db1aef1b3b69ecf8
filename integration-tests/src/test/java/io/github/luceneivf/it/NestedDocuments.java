// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.join.BitSetProducer;
import org.apache.lucene.search.join.DiversifyingChildrenFloatKnnVectorQuery;
import org.apache.lucene.search.join.QueryBitSetProducer;
import org.apache.lucene.search.knn.KnnCollectorManager;
import org.apache.lucene.store.Directory;

/**
 * Parents with as many children each: a row of a data set, moved a little in a direction of its own
 * per child. Only children have vectors.
 */
final class NestedDocuments {

  private static final String FIELD = "vector";
  private static final double TIE = 1e-5;

  private final AtomicLong scanned = new AtomicLong();
  private final FloatMatrix children;
  private final int perParent;
  private final VectorSimilarityFunction function;
  private final BitSetProducer parents =
      new QueryBitSetProducer(new TermQuery(new Term("kind", "parent")));

  /**
   * Makes children.
   *
   * @param parents rows to draw from the data set
   * @param noise length of what a child differs by, in lengths of its parent
   */
  NestedDocuments(DataSet data, int parents, int perParent, double noise, long seed)
      throws IOException {
    this.perParent = perParent;
    this.function =
        data.metric() == Metric.COSINE
            ? VectorSimilarityFunction.COSINE
            : VectorSimilarityFunction.EUCLIDEAN;
    Random random = new Random(seed);
    int dim = data.dim();
    float[] values = new float[parents * perParent * dim];
    int[] rows = random.ints(0, data.base().size()).distinct().limit(parents).toArray();
    for (int child = 0; child < parents * perParent; child++) {
      move(data.base().row(rows[child / perParent]), noise, random, values, child * dim);
    }
    this.children = new FloatMatrix(values, parents * perParent, dim);
  }

  private static void move(float[] from, double noise, Random random, float[] into, int at) {
    double[] direction = random.doubles(from.length, -1, 1).toArray();
    double length = 0;
    double own = 0;
    for (int d = 0; d < from.length; d++) {
      direction[d] = random.nextGaussian();
      length += direction[d] * direction[d];
      own += from[d] * from[d];
    }
    double scale = noise * Math.sqrt(own / length);
    for (int d = 0; d < from.length; d++) {
      into[at + d] = (float) (from[d] + scale * direction[d]);
    }
  }

  /** Indexes all in so many segments. */
  void index(Directory directory, KnnVectorsFormat format, int segments) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(VectorIndex.codec(format))
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setRAMBufferSizeMB(1000);
    int families = children.rows() / perParent;
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int segment = 0; segment < segments; segment++) {
        int end = (segment + 1) * families / segments;
        for (int parent = segment * families / segments; parent < end; parent++) {
          writer.addDocuments(block(parent));
        }
        writer.flush();
      }
    }
  }

  private List<Document> block(int parent) {
    List<Document> block = new ArrayList<>(perParent + 1);
    for (int child = parent * perParent; child < (parent + 1) * perParent; child++) {
      Document document = new Document();
      document.add(new NumericDocValuesField("parent", parent));
      document.add(new KnnFloatVectorField(FIELD, children.row(child), function));
      block.add(document);
    }
    Document last = new Document();
    last.add(new StringField("kind", "parent", Field.Store.NO));
    block.add(last);
    return block;
  }

  /** Lucene's own query for the nearest child of each of the {@code k} nearest parents. */
  private Query query(float[] target, int k) {
    return new DiversifyingChildrenFloatKnnVectorQuery(FIELD, target, null, k, parents) {
      @Override
      protected TopDocs approximateSearch(
          LeafReaderContext context,
          AcceptDocs acceptDocs,
          int visitedLimit,
          KnnCollectorManager manager)
          throws IOException {
        TopDocs hits = super.approximateSearch(context, acceptDocs, visitedLimit, manager);
        scanned.addAndGet(hits.totalHits.value());
        return hits;
      }
    };
  }

  /** Returns the vectors scanned since it was asked last, over those that there are. */
  double scannedShare() {
    return (double) scanned.getAndSet(0) / children.rows();
  }

  /** Returns the share of the {@code k} parents of the nearest children that a search finds. */
  double recall(IndexSearcher searcher, float[] target, int k) throws IOException {
    double[] best = bestChildren(target);
    double[] sorted = best.clone();
    Arrays.sort(sorted);
    double least = sorted[sorted.length - k];
    Set<Integer> found = new HashSet<>();
    for (ScoreDoc hit : searcher.search(query(target, k), k).scoreDocs) {
      int parent = parent(searcher, hit.doc);
      if (best[parent] >= least - TIE * Math.abs(least)) {
        found.add(parent);
      }
    }
    return (double) found.size() / k;
  }

  private double[] bestChildren(float[] target) {
    double[] best = new double[children.rows() / perParent];
    for (int child = 0; child < children.rows(); child++) {
      float score = function.compare(target, children.row(child));
      best[child / perParent] = Math.max(best[child / perParent], score);
    }
    return best;
  }

  private static int parent(IndexSearcher searcher, int doc) throws IOException {
    List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
    LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
    LeafReader reader = leaf.reader();
    NumericDocValues parents = reader.getNumericDocValues("parent");
    parents.advanceExact(doc - leaf.docBase);
    return (int) parents.longValue();
  }
}
