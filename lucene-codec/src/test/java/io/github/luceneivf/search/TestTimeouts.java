// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static io.github.luceneivf.search.BothFormats.K;

import io.github.luceneivf.codec.VectorIndexing;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.ExitableDirectoryReader;
import org.apache.lucene.index.ExitableDirectoryReader.ExitingReaderException;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.PatienceKnnVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.SeededKnnVectorQuery;
import org.apache.lucene.search.TermQuery;

/** Searches that run out of time end as Lucene's do: with part of the hits, or an exception. */
public class TestTimeouts extends BothFormatsTestCase {

  private static final Query SEED = new TermQuery(new Term("mod", "3"));

  /** Is over once it was asked so often. */
  private static final class After implements QueryTimeout {
    private final int looks;
    private int looked;

    After(int looks) {
      this.looks = looks;
    }

    @Override
    public boolean shouldExit() {
      return ++looked > looks;
    }
  }

  private static List<Query> queries(float[] target) {
    KnnFloatVectorQuery stock = new KnnFloatVectorQuery(VectorIndexing.FIELD, target, K);
    KnnFloatVectorQuery filtered = new KnnFloatVectorQuery(VectorIndexing.FIELD, target, K, SEED);
    IvfKnnFloatVectorQuery ours = new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, target, K);
    return List.of(
        stock,
        filtered,
        SeededKnnVectorQuery.fromFloatQuery(stock, SEED),
        PatienceKnnVectorQuery.fromFloatQuery(stock),
        ours,
        new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, target, K, SEED),
        SeededKnnVectorQuery.fromFloatQuery(ours, SEED));
  }

  private static int hits(DirectoryReader reader, Query query, int looks) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setTimeout(new After(looks));
    return searcher.search(query, K).scoreDocs.length;
  }

  public void testATimeThatIsOverGivesPartOfTheHits() throws IOException {
    for (Query query : queries(formats.query(0))) {
      assertEquals("" + query, hits(formats.graph, query, 0), hits(formats.lists, query, 0));
      int before = 0;
      for (int looks : new int[] {5, 20, 100, 1 << 20}) {
        int found = hits(formats.lists, query, looks);
        assertTrue(query + " after " + looks + ": " + found, found >= before || found == K);
        before = found;
      }
      assertEquals("" + query, K, before);
    }
  }

  public void testAReaderThatGivesUpThrowsAndOtherwiseChangesNothing() throws IOException {
    for (DirectoryReader reader : List.of(formats.graph, formats.lists)) {
      for (Query query : queries(formats.query(1))) {
        IndexSearcher plain = new IndexSearcher(reader);
        int[] expected = VectorIndexing.search(plain, query, K);
        DirectoryReader patient = ExitableDirectoryReader.wrap(reader, new After(1 << 30));
        int[] found = VectorIndexing.search(new IndexSearcher(patient), query, K);
        assertArrayEquals("" + query, expected, found);
        for (int looks : new int[] {0, 3}) {
          DirectoryReader hurried = ExitableDirectoryReader.wrap(reader, new After(looks));
          assertThrows(
              ExitingReaderException.class, () -> new IndexSearcher(hurried).search(query, K));
        }
      }
    }
  }
}
