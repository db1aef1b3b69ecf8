// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.Storage;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.storage.OwnFiles;
import io.github.luceneivf.server.storage.RecordFile;
import io.github.luceneivf.server.storage.RecordWriter;
import io.github.luceneivf.wire.FieldNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All codebooks that were published, on disk: {@code <index>/<field>/<version>-<hash>.codebook}.
 * Only heads are read when it is opened. Codebooks over a limit of this server stay on disk and are
 * not served. Thread-safe.
 */
public final class CodebookStore {

  private static final Logger LOG = LoggerFactory.getLogger(CodebookStore.class);

  private final Path directory;
  private final Storage storage;
  private final FieldCodebooks.Keeping keeping;
  private final Map<FieldName, FieldCodebooks> byName = new TreeMap<>();

  private CodebookStore(Path directory, Storage storage, FieldCodebooks.Keeping keeping) {
    this.directory = directory;
    this.storage = storage;
    this.keeping = keeping;
  }

  /**
   * Opens a store; damaged codebooks are kept and listed as such, what is not the store's is left
   * alone.
   *
   * @param directory its directory, created
   * @param limits what is served
   * @param writer writes codebooks
   * @throws IOException if the directory cannot be created or listed
   */
  public static CodebookStore open(
      Path directory, Storage storage, Limits limits, RecordWriter writer) throws IOException {
    OwnFiles.createDirectory(directory);
    FieldCodebooks.Keeping keeping = new FieldCodebooks.Keeping(storage.versions(), limits, writer);
    CodebookStore store = new CodebookStore(directory, storage, keeping);
    for (Path index : OwnFiles.directories(directory, FieldNames::isName)) {
      for (Path field : OwnFiles.directories(index, FieldNames::isName)) {
        FieldName name =
            new FieldName(index.getFileName().toString(), field.getFileName().toString());
        store.byName.put(name, FieldCodebooks.open(name, field, keeping));
      }
    }
    return store;
  }

  /** Returns the codebooks of all fields, by name. */
  synchronized List<FieldCodebooks> fields() {
    return List.copyOf(byName.values());
  }

  /** Returns the codebooks of a field, if any were published. */
  synchronized Optional<FieldCodebooks> field(FieldName name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * Returns the codebooks of a field, a new one if none were published.
   *
   * @throws RequestException if there is no room for another field
   * @throws IOException if its directory cannot be created
   */
  synchronized FieldCodebooks fieldOrNew(FieldName name) throws IOException {
    FieldCodebooks known = byName.get(name);
    if (known != null) {
      return known;
    }
    if (byName.size() >= storage.fields()) {
      throw RequestException.exhausted(
          "fields with codebooks must be at most "
              + storage.fields()
              + ", got: "
              + (byName.size() + 1));
    }
    Path index = directory.resolve(name.index());
    OwnFiles.createDirectory(index);
    FieldCodebooks created = FieldCodebooks.open(name, index.resolve(name.field()), keeping);
    RecordFile.syncDirectory(index);
    RecordFile.syncDirectory(directory);
    byName.put(name, created);
    return created;
  }

  /** Returns the bytes of a codebook, whatever field it belongs to; 0 if it cannot be read. */
  long sizeOf(CodebookId id) {
    return fields().stream()
        .flatMap(field -> field.id(id).stream())
        .filter(found -> !found.isDamaged())
        .mapToLong(found -> found.summary().getSizeBytes())
        .max()
        .orElse(0);
  }

  /**
   * Reads a codebook, whatever field it belongs to.
   *
   * @return empty if there is none of this content hash within the limits, or it cannot be read
   */
  Optional<Codebook> read(CodebookId id) {
    for (FieldCodebooks field : fields()) {
      Optional<StoredCodebook> found = field.id(id);
      if (found.isPresent() && !found.get().isDamaged() && isServed(found.get())) {
        try {
          return Optional.of(Codebook.fromBytes(found.get().read().codebook()));
        } catch (IOException e) {
          LOG.atWarn().addKeyValue("codebook", id).setCause(e).log("codebook cannot be read");
        }
      }
    }
    return Optional.empty();
  }

  /** Returns whether a codebook is served. */
  boolean isServed(StoredCodebook codebook) {
    return codebook.overLimit(keeping.limits()).isEmpty();
  }

  /**
   * Checks that a codebook is served.
   *
   * @throws RequestException if it is over a limit
   */
  void requireServed(StoredCodebook codebook) {
    codebook
        .overLimit(keeping.limits())
        .ifPresent(limit -> {
          throw RequestException.notFound("codebook is over a limit of this server: " + limit);
        });
  }

  /**
   * Checks that there is room on disk.
   *
   * @throws RequestException if there is not
   */
  void requireRoom(long bytes) {
    long used = fields().stream().mapToLong(FieldCodebooks::bytes).sum();
    if (bytes > storage.bytes() - used) {
      throw RequestException.exhausted(
          "codebooks on disk must have at most "
              + storage.bytes()
              + " bytes, got: "
              + (used + bytes));
    }
  }
}
