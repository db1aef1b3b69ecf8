// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.CodebookRef;
import io.github.luceneivf.proto.v1.DriftReport;
import io.github.luceneivf.proto.v1.FetchHeader;
import io.github.luceneivf.proto.v1.PublishedCodebook;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.storage.OwnFiles;
import io.github.luceneivf.server.storage.RecordWriter;
import io.github.luceneivf.wire.CodebookRefs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The codebooks of one field, in a directory of their own, and the drift reports on them.
 * Thread-safe; one change at a time.
 */
final class FieldCodebooks {

  private static final Logger LOG = LoggerFactory.getLogger(FieldCodebooks.class);

  private static final Pattern OWN_FILE =
      Pattern.compile(StoredCodebook.FILE.pattern() + "|" + Pattern.quote(DriftLog.FILE));

  private final FieldName name;
  private final Path directory;
  private final Keeping keeping;
  private final TreeMap<Integer, StoredCodebook> byVersion = new TreeMap<>();
  private final DriftLog drift;

  /**
   * How codebooks are kept.
   *
   * @param versions codebooks kept of each field, the latest ones
   * @param limits what is served
   * @param writer writes them
   */
  record Keeping(int versions, Limits limits, RecordWriter writer) {}

  /** A codebook that is there, and whether it was not before. */
  record Published(StoredCodebook codebook, boolean created) {}

  private FieldCodebooks(FieldName name, Path directory, Keeping keeping) {
    this.name = name;
    this.directory = directory;
    this.keeping = keeping;
    this.drift = DriftLog.open(name, directory, keeping.writer);
  }

  /**
   * Opens a field's directory; deletes what a crash left half written, and leaves alone what is not
   * the server's.
   *
   * @throws IOException if it cannot be created or listed
   */
  static FieldCodebooks open(FieldName name, Path directory, Keeping keeping) throws IOException {
    OwnFiles.createDirectory(directory);
    FieldCodebooks codebooks = new FieldCodebooks(name, directory, keeping);
    for (Path file : OwnFiles.list(directory, OWN_FILE)) {
      StoredCodebook.find(name, file).ifPresent(codebooks::add);
    }
    return codebooks;
  }

  private void add(StoredCodebook found) {
    byVersion.put(found.version(), found);
    found
        .overLimit(keeping.limits)
        .ifPresent(limit ->
            LOG.atWarn()
                .addKeyValue("file", found.file())
                .addKeyValue("limit", limit)
                .log("codebook over a limit, kept and not served"));
  }

  FieldName name() {
    return name;
  }

  /** Returns all codebooks by version. */
  synchronized List<StoredCodebook> list() {
    return List.copyOf(byVersion.values());
  }

  /** Returns the latest codebook, if there is any. */
  synchronized Optional<StoredCodebook> latest() {
    return Optional.ofNullable(byVersion.lastEntry()).map(Map.Entry::getValue);
  }

  /** Returns the codebook of a version. */
  synchronized Optional<StoredCodebook> version(int version) {
    return Optional.ofNullable(byVersion.get(version));
  }

  /** Returns the codebook of a content hash. */
  synchronized Optional<StoredCodebook> id(CodebookId id) {
    return byVersion.values().stream().filter(found -> found.id().equals(id)).findFirst();
  }

  /** Returns the bytes of all codebooks. */
  synchronized long bytes() {
    return byVersion.values().stream().mapToLong(found -> found.summary().getSizeBytes()).sum();
  }

  /**
   * Checks whether a codebook may come next.
   *
   * @return the one that is there already, if it is
   * @throws RequestException if it does not follow the latest one
   */
  synchronized Optional<StoredCodebook> check(CodebookRef ref, Optional<CodebookId> parent) {
    Optional<StoredCodebook> same = id(ref.id());
    if (same.isEmpty()) {
      latest().ifPresent(latest -> requireNext(latest, ref, parent));
    }
    return same;
  }

  private void requireNext(StoredCodebook latest, CodebookRef ref, Optional<CodebookId> parent) {
    boolean follows =
        ref.version() == latest.version() + 1 && parent.equals(Optional.of(latest.id()));
    if (!follows) {
      throw RequestException.precondition(
          "codebook of "
              + name
              + " must have version "
              + (latest.version() + 1)
              + " and parent "
              + latest.id().shortHex()
              + ", got: version "
              + ref.version()
              + " and parent "
              + parent.map(CodebookId::shortHex).orElse("none"));
    }
  }

  /**
   * Keeps a codebook, if it is not there already; what is too old goes.
   *
   * @throws RequestException if it does not follow the latest one
   * @throws IOException if it cannot be written; then nothing has changed
   */
  synchronized Published publish(FetchHeader header, byte[] codebook) throws IOException {
    PublishedCodebook summary = header.getCodebook();
    Optional<StoredCodebook> same =
        check(
            CodebookRefs.read("codebook", summary.getCodebook()),
            CodebookRefs.optionalId("parent_id", summary.getParentId()));
    if (same.isPresent() && !same.get().isDamaged()) {
      return new Published(same.get(), false);
    }
    if (same.isEmpty()) {
      latest().ifPresent(latest -> requireSameKind(latest, summary));
    }
    StoredCodebook written = StoredCodebook.write(directory, header, codebook, keeping.writer);
    same.filter(damaged -> !damaged.file().equals(written.file())).ifPresent(this::delete);
    byVersion.put(written.version(), written);
    while (byVersion.size() > keeping.versions) {
      delete(byVersion.firstEntry().getValue());
    }
    return new Published(written, same.isEmpty());
  }

  private void requireSameKind(StoredCodebook latest, PublishedCodebook next) {
    PublishedCodebook last = latest.summary();
    // Where the latest is damaged from its head on, nothing is known of it.
    if (last.getDim() != 0
        && (last.getDim() != next.getDim() || last.getMetric() != next.getMetric())) {
      throw RequestException.precondition(
          "codebook of "
              + name
              + " must have dim "
              + last.getDim()
              + " and "
              + last.getMetric()
              + ", got: dim "
              + next.getDim()
              + " and "
              + next.getMetric());
    }
  }

  private void delete(StoredCodebook old) {
    byVersion.remove(old.version());
    try {
      Files.deleteIfExists(old.file());
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", old.file()).setCause(e).log("codebook was not deleted");
    }
  }

  /**
   * Keeps a drift report.
   *
   * @throws RequestException if it is on a codebook that is not here
   * @throws IOException if it cannot be written
   */
  synchronized void report(DriftReport report) throws IOException {
    CodebookId id = CodebookRefs.id("codebook id", report.getCodebook().getId());
    if (id(id).isEmpty()) {
      throw RequestException.notFound("codebook of " + name + " not found: " + id);
    }
    drift.put(report);
  }

  /** Returns the latest drift report of each source, newest first. */
  synchronized List<DriftReport> drift() {
    return drift.list();
  }
}
