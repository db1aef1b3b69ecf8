// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/** A Lucene index, searched on the calling thread and without query cache. Thread-safe. */
final class OpenLuceneIndex implements OpenIndex {

  private final LuceneContender contender;
  private final Directory directory;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;

  private OpenLuceneIndex(LuceneContender contender, Directory directory, DirectoryReader reader) {
    this.contender = contender;
    this.directory = directory;
    this.reader = reader;
    this.searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
  }

  static OpenLuceneIndex open(LuceneContender contender, Path folder) throws IOException {
    Directory directory = Directories.open(folder);
    try {
      return new OpenLuceneIndex(contender, directory, DirectoryReader.open(directory));
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileSuppressingExceptions(e, directory);
      throw e;
    }
  }

  @Override
  public Search search(Setting setting, int k, @Nullable Tag filter) {
    Query allowed =
        filter == null ? null : new TermQuery(new Term(LuceneBuild.TAGS, filter.term()));
    return new Search() {
      @Override
      public int[] rows(float[] query) throws IOException {
        ScoreDoc[] hits = searcher.search(contender.query(query, k, setting, allowed), k).scoreDocs;
        int[] rows = new int[hits.length];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = hits[i].doc;
        }
        return rows;
      }

      @Override
      public OptionalLong visited(float[] query) throws IOException {
        return allowed == null
            ? OpenLuceneIndex.this.visited(contender.visiting(query, k, setting))
            : OptionalLong.empty();
      }
    };
  }

  /** Asks each segment for itself, as the query does when segments tell each other nothing. */
  private OptionalLong visited(@Nullable KnnFloatVectorQuery query) throws IOException {
    if (query == null) {
      return OptionalLong.empty();
    }
    long visited = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      LeafReader segment = leaf.reader();
      TopKnnCollector collector =
          new TopKnnCollector(query.getK(), Integer.MAX_VALUE, query.getSearchStrategy());
      segment.searchNearestVectors(
          query.getField(),
          query.getTargetCopy(),
          collector,
          AcceptDocs.fromLiveDocs(segment.getLiveDocs(), segment.maxDoc()));
      visited += collector.visitedCount();
    }
    return OptionalLong.of(visited);
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(reader, directory);
  }
}
