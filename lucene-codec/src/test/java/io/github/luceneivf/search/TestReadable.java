// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static io.github.luceneivf.search.BothFormats.K;

import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.probe.IvfSearchStrategy;
import java.io.IOException;
import org.apache.lucene.index.Term;
import org.apache.lucene.sandbox.search.QueryProfilerIndexSearcher;
import org.apache.lucene.sandbox.search.QueryProfilerResult;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;

/** What a person is shown of a query and of how it went. */
public class TestReadable extends BothFormatsTestCase {

  private static final String FIELD = VectorIndexing.FIELD;

  public void testAQuerySaysWhatItAsksFor() {
    float[] target = {0.5f, 1};
    assertEquals(
        "IvfKnnFloatVectorQuery:v[0.5,...][10][nprobe=calibrated,oversample=calibrated]",
        new IvfKnnFloatVectorQuery(FIELD, target, K).toString());
    Query filter = new TermQuery(new Term("mod", "3"));
    assertEquals(
        "IvfKnnFloatVectorQuery:v[0.5,...][10][mod:3][nprobe=8,oversample=2.0]",
        new IvfKnnFloatVectorQuery(
                FIELD, target, K, filter, IvfSearchStrategy.nprobe(8).oversample(2))
            .toString());
  }

  public void testAnExplanationSaysWhetherADocumentIsAmongTheHits() throws IOException {
    IndexSearcher searcher = new IndexSearcher(formats.lists);
    Query query = new IvfKnnFloatVectorQuery(FIELD, formats.query(0), K);
    ScoreDoc[] hits = searcher.search(query, K).scoreDocs;
    Explanation hit = searcher.explain(query, hits[3].doc);
    assertEquals(hits[3].score + " = within top 10 docs\n", hit.toString());
    Query both =
        new BooleanQuery.Builder()
            .add(query, Occur.SHOULD)
            .add(new TermQuery(new Term("id", "no such")), Occur.SHOULD)
            .build();
    String explained = searcher.explain(both, hits[3].doc).toString();
    assertTrue(explained, explained.contains(hits[3].score + " = within top 10 docs"));
  }

  public void testAProfileSaysWhatWasLookedAt() throws IOException {
    QueryProfilerIndexSearcher searcher = new QueryProfilerIndexSearcher(formats.lists);
    IvfKnnFloatVectorQuery query = new IvfKnnFloatVectorQuery(FIELD, formats.query(0), K);
    NearestHits found = query.search(new IndexSearcher(formats.lists));
    searcher.search(query, K);
    assertTrue("searching is rewriting", searcher.getRewriteTime() > 0);
    QueryProfilerResult profile = searcher.getProfileResult().getFirst();
    assertEquals("FoundDocsQuery", profile.getQueryName());
    assertEquals(
        "FoundDocsQuery[10 docs, best score "
            + found.topDocs().scoreDocs[0].score
            + ", "
            + found.report().lists()
            + " lists probed, "
            + found.report().vectorsScanned()
            + " vectors scanned, "
            + found.report().vectorsScored()
            + " scored exactly]",
        profile.getDescription());
    assertTrue(found.report().toString(), found.report().lists() > 0);
  }
}
