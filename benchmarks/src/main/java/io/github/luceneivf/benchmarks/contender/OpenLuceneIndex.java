// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.LRUQueryCache;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * A Lucene index, searched on the calling thread; only what filters accept is cached, where that is
 * asked for. Thread-safe.
 */
final class OpenLuceneIndex implements OpenIndex {

  /** More than there are queries that have a filter of their own. */
  private static final int CACHED = 20_000;

  private static final long CACHE_BYTES = 128 << 20;

  private final LuceneContender contender;
  private final Directory directory;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final IndexSearcher caching;
  private String lastFile = "";
  private List<RowsQuery> lastFilters = List.of();

  private OpenLuceneIndex(LuceneContender contender, Directory directory, DirectoryReader reader) {
    this.contender = contender;
    this.directory = directory;
    this.reader = reader;
    this.searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    this.caching = new IndexSearcher(reader);
    caching.setQueryCache(
        new LRUQueryCache(CACHED, CACHE_BYTES, _ -> true, Float.POSITIVE_INFINITY));
    caching.setQueryCachingPolicy(new CacheEverything());
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
  public Search search(Setting setting, int k, @Nullable RowFilter filter) throws IOException {
    List<RowsQuery> filters = filter == null ? List.of() : filters(filter);
    IndexSearcher with = filter != null && filter.cached() ? caching : searcher;
    return new Search() {
      @Override
      public int[] rows(float[] query) throws IOException {
        return rows(query, 0);
      }

      @Override
      public int[] rows(float[] query, int number) throws IOException {
        Query allowed = filters.isEmpty() ? null : filters.get(filters.size() == 1 ? 0 : number);
        ScoreDoc[] hits = with.search(contender.query(query, k, setting, allowed), k).scoreDocs;
        int[] rows = new int[hits.length];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = hits[i].doc;
        }
        return rows;
      }

      @Override
      public OptionalLong visited(float[] query) throws IOException {
        return filters.isEmpty()
            ? OpenLuceneIndex.this.visited(contender.visiting(query, k, setting))
            : OptionalLong.empty();
      }
    };
  }

  private synchronized List<RowsQuery> filters(RowFilter filter) throws IOException {
    if (!filter.file().equals(lastFile)) {
      lastFilters =
          RowSets.read(Path.of(filter.file()), reader.maxDoc()).sets().stream()
              .map(set -> new RowsQuery(set, reader.leaves()))
              .toList();
      lastFile = filter.file();
    }
    return lastFilters;
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
