// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The codebooks used last, up to a number of bytes, before those that were published. Thread-safe.
 */
public final class CodebookCache {

  private static final int INITIAL_CAPACITY = 16;
  private static final float LOAD_FACTOR = 0.75f;

  private final long maxBytes;
  private final Optional<CodebookStore> published;
  private final LinkedHashMap<CodebookId, Codebook> byId =
      new LinkedHashMap<>(INITIAL_CAPACITY, LOAD_FACTOR, true);
  private long bytes;

  /**
   * Creates a cache.
   *
   * @param maxBytes most bytes of centroids to keep
   */
  public CodebookCache(long maxBytes) {
    this.maxBytes = maxBytes;
    this.published = Optional.empty();
  }

  /** Creates a cache that looks further among published codebooks. */
  public CodebookCache(long maxBytes, CodebookStore published) {
    this.maxBytes = maxBytes;
    this.published = Optional.of(published);
  }

  /** Returns a codebook, if it is still here or was published; that may read a file. */
  public Optional<Codebook> get(CodebookId id) {
    Optional<Codebook> cached = cached(id);
    if (cached.isPresent()) {
      return cached;
    }
    Optional<Codebook> read = published.flatMap(store -> store.read(id));
    read.ifPresent(this::put);
    return read;
  }

  private synchronized Optional<Codebook> cached(CodebookId id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** Keeps a codebook, if it is not too large for the whole cache; older ones make room. */
  public synchronized void put(Codebook codebook) {
    long size = bytesOf(codebook);
    if (size > maxBytes || byId.putIfAbsent(codebook.id(), codebook) != null) {
      return;
    }
    bytes += size;
    Iterator<Map.Entry<CodebookId, Codebook>> oldest = byId.entrySet().iterator();
    while (bytes > maxBytes) {
      bytes -= bytesOf(oldest.next().getValue());
      oldest.remove();
    }
  }

  private static long bytesOf(Codebook codebook) {
    return (long) Float.BYTES * codebook.nlist() * codebook.dim();
  }
}
