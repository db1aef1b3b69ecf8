// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import io.github.luceneivf.codebook.CentroidRanking;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.jspecify.annotations.Nullable;

/**
 * A codebook in memory, with the ranking of its centroids. Readers share equal ones, by content
 * hash, for as long as one of them is open. Immutable, thread-safe.
 *
 * @param codebook the codebook
 * @param ranking ranks its lists for a query
 */
public record LoadedCodebook(Codebook codebook, CentroidRanking ranking) {

  private static final Map<CodebookId, WeakReference<LoadedCodebook>> LOADED =
      new ConcurrentHashMap<>();

  /**
   * Checks the checksum of a file of centroids, if a codebook of it is to be read: what is loaded
   * is shared with readers of other segments, so damage must not get in.
   *
   * @param fields whose codebooks are to be read from it
   * @throws CorruptIndexException if it is damaged
   */
  public static void requireIntact(IndexInput file, Collection<FieldMeta> fields)
      throws IOException {
    for (FieldMeta field : fields) {
      if (field.lists().isPresent() && find(field.lists().get().codebook()) == null) {
        CodecUtil.checksumEntireFile(file);
        return;
      }
    }
  }

  /**
   * Reads the codebook of a field, or finds it among those that are loaded.
   *
   * @param file that is {@linkplain #requireIntact intact}
   * @param dim dimension of the field
   * @throws CorruptIndexException if the bytes are not the codebook that the meta data names
   */
  public static LoadedCodebook read(IndexInput file, ListsMeta lists, int dim) throws IOException {
    lists.places().codebook().checkIn(file, "codebook");
    lists.places().routing().checkIn(file, "routing codes");
    LoadedCodebook loaded = find(lists.codebook());
    if (loaded == null) {
      loaded = intern(lists.codebook(), load(file, lists));
    }
    Codebook codebook = loaded.codebook();
    if (codebook.dim() != dim || codebook.nlist() != lists.nlist()) {
      throw new CorruptIndexException(
          "codebook: expected dim and nlist "
              + dim
              + ", "
              + lists.nlist()
              + ", got: "
              + codebook.dim()
              + ", "
              + codebook.nlist(),
          file);
    }
    if (!codebook.supports(lists.encoding())) {
      throw new CorruptIndexException(
          "codebook: expected sub-codebooks for " + lists.encoding().displayName() + ", got others",
          file);
    }
    return loaded;
  }

  private static LoadedCodebook load(IndexInput file, ListsMeta lists) throws IOException {
    byte[] bytes = lists.places().codebook().readFully(file, "codebook");
    byte[] routing = lists.places().routing().readFully(file, "routing codes");
    try {
      Codebook codebook = Codebook.fromBytes(bytes);
      if (!codebook.id().equals(lists.codebook())) {
        throw new CorruptIndexException(
            "codebook: expected content hash " + lists.codebook() + ", got: " + codebook.id(),
            file);
      }
      return new LoadedCodebook(codebook, new CentroidRanking(codebook, routing));
    } catch (CorruptIndexException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new CorruptIndexException("codebook: " + e.getMessage(), file, e);
    }
  }

  /** Threads that load one codebook at a time all get the first. */
  private static LoadedCodebook intern(CodebookId id, LoadedCodebook mine) {
    WeakReference<LoadedCodebook> reference = new WeakReference<>(mine);
    WeakReference<LoadedCodebook> kept =
        LOADED.compute(
            id, (_, others) -> others != null && others.get() != null ? others : reference);
    LoadedCodebook first = kept.get();
    return first == null ? mine : first;
  }

  private static @Nullable LoadedCodebook find(CodebookId id) {
    for (Iterator<WeakReference<LoadedCodebook>> all = LOADED.values().iterator();
        all.hasNext(); ) {
      if (all.next().get() == null) {
        all.remove();
      }
    }
    WeakReference<LoadedCodebook> reference = LOADED.get(id);
    return reference == null ? null : reference.get();
  }
}
