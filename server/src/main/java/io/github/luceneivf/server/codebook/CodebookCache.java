// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.rpc.RequestException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The codebooks used last, up to a number of bytes of memory, before those that were published.
 * Thread-safe.
 */
public final class CodebookCache {

  private static final int INITIAL_CAPACITY = 16;
  private static final float LOAD_FACTOR = 0.75f;

  /** Beyond this the tables of a codebook's rotation are small beside itself. */
  private static final int MAX_DIM = 1 << 16;

  private final long maxBytes;
  private final CodebookStore published;
  private final MemoryBudget memory;
  private final LinkedHashMap<CodebookId, Codebook> byId =
      new LinkedHashMap<>(INITIAL_CAPACITY, LOAD_FACTOR, true);
  private long bytes;

  /**
   * Creates a cache.
   *
   * @param maxBytes most memory of the codebooks that are kept
   * @param published read where a codebook is not kept
   * @param memory reserved while one is read
   */
  public CodebookCache(long maxBytes, CodebookStore published, MemoryBudget memory) {
    this.maxBytes = maxBytes;
    this.published = published;
    this.memory = memory;
  }

  /**
   * Returns a codebook, if it is still here or was published; that may read a file.
   *
   * @throws RequestException if there is no memory to read it
   */
  public Optional<Codebook> get(CodebookId id) {
    Optional<Codebook> cached = cached(id);
    if (cached.isPresent()) {
      return cached;
    }
    long size = published.sizeOf(id);
    if (size == 0) {
      return Optional.empty();
    }
    long needed = Codebook.readingBytes(size, (int) Math.min(size / Float.BYTES, MAX_DIM));
    MemoryBudget.Reservation reservation =
        memory
            .reserve(needed)
            .orElseThrow(() ->
                RequestException.exhausted(
                    "memory to read a codebook must be at most "
                        + memory.freeBytes()
                        + " bytes now, got: "
                        + needed));
    try (reservation) {
      Optional<Codebook> read = published.read(id);
      read.ifPresent(this::put);
      return read;
    }
  }

  private synchronized Optional<Codebook> cached(CodebookId id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** Keeps a codebook, if it is not too large for the whole cache; older ones make room. */
  public synchronized void put(Codebook codebook) {
    long size = codebook.memoryBytes();
    if (size > maxBytes || byId.putIfAbsent(codebook.id(), codebook) != null) {
      return;
    }
    bytes += size;
    Iterator<Map.Entry<CodebookId, Codebook>> oldest = byId.entrySet().iterator();
    while (bytes > maxBytes) {
      bytes -= oldest.next().getValue().memoryBytes();
      oldest.remove();
    }
  }
}
