// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import com.google.protobuf.InvalidProtocolBufferException;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.CodebookRef;
import io.github.luceneivf.proto.v1.FetchHeader;
import io.github.luceneivf.proto.v1.PublishedCodebook;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.LimitCheck;
import io.github.luceneivf.server.storage.DamagedFileException;
import io.github.luceneivf.server.storage.RecordFile;
import io.github.luceneivf.server.storage.RecordWriter;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.WireException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A codebook on disk. Version and content hash are in the name of its file, so that they are known
 * even if it is damaged; its head is a {@link FetchHeader}, its body the binary form. A file whose
 * content is another's, however intact, is damaged.
 */
final class StoredCodebook {

  private static final Logger LOG = LoggerFactory.getLogger(StoredCodebook.class);

  /** Names of files. */
  static final Pattern FILE = Pattern.compile("(\\d{10})-([0-9a-f]{64})\\.codebook");

  private final Path file;
  private final int version;
  private final CodebookId id;
  private volatile PublishedCodebook summary;

  private StoredCodebook(Path file, int version, CodebookId id, PublishedCodebook summary) {
    this.file = file;
    this.version = version;
    this.id = id;
    this.summary = summary;
  }

  /** What is read of a codebook; the array is the receiver's own. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Content(FetchHeader header, byte[] codebook) {}

  /**
   * Writes a codebook; when this returns it is on disk.
   *
   * @throws IOException if it cannot be written; nothing is left of it then
   */
  static StoredCodebook write(
      Path directory, FetchHeader header, byte[] codebook, RecordWriter writer) throws IOException {
    PublishedCodebook summary = header.getCodebook();
    CodebookRef ref = CodebookRefs.read("codebook", summary.getCodebook());
    Path file = directory.resolve(fileName(ref));
    writer.write(file, header.toByteArray(), codebook);
    return new StoredCodebook(file, ref.version(), ref.id(), summary);
  }

  /**
   * Returns the name of a file: digits are those of {@link #FILE}, whatever language people use.
   */
  private static String fileName(CodebookRef ref) {
    return String.format(Locale.ROOT, "%010d-%s.codebook", ref.version(), ref.id());
  }

  /** Finds a codebook by its file; empty if the file is no codebook's by its name. */
  static Optional<StoredCodebook> find(FieldName name, Path file) {
    Matcher matcher = FILE.matcher(file.getFileName().toString());
    if (!matcher.matches()
        || Long.parseLong(matcher.group(1)) < 1
        || Long.parseLong(matcher.group(1)) > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    int version = Integer.parseInt(matcher.group(1));
    CodebookId id = CodebookId.of(HexFormat.of().parseHex(matcher.group(2)));
    PublishedCodebook known =
        PublishedCodebook.newBuilder()
            .setIndex(name.index())
            .setField(name.field())
            .setCodebook(CodebookRefs.of(new CodebookRef(id, version)))
            .build();
    StoredCodebook stored = new StoredCodebook(file, version, id, known);
    try {
      stored.summary = stored.header(RecordFile.readHead(file)).getCodebook();
    } catch (IOException e) {
      stored.damaged(e);
    }
    return Optional.of(stored);
  }

  int version() {
    return version;
  }

  CodebookId id() {
    return id;
  }

  PublishedCodebook summary() {
    return summary;
  }

  boolean isDamaged() {
    return summary.getDamaged();
  }

  Path file() {
    return file;
  }

  CodebookRef ref() {
    return new CodebookRef(id, version);
  }

  /**
   * Reads everything.
   *
   * @throws DamagedFileException if it is not as it was written; the codebook is listed as damaged
   *     from now on
   * @throws IOException if it cannot be read
   */
  Content read() throws IOException {
    try {
      RecordFile.Content content = RecordFile.read(file);
      FetchHeader header = header(content.head());
      ContentCheck.require(file, id, content.body());
      summary = header.getCodebook(); // which an earlier read may have failed to learn
      return new Content(header, content.body());
    } catch (DamagedFileException e) {
      damaged(e);
      throw e;
    }
  }

  /** Reads a head, which must be that of the codebook that the file's name tells. */
  private FetchHeader header(byte[] head) throws DamagedFileException {
    FetchHeader header;
    try {
      header = FetchHeader.parseFrom(head);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedFileException(file, "head must be a header: " + e.getMessage());
    }
    PublishedCodebook told = header.getCodebook();
    DamagedFileException.requireSame(file, "index", summary.getIndex(), told.getIndex());
    DamagedFileException.requireSame(file, "field", summary.getField(), told.getField());
    try {
      DamagedFileException.requireSame(
          file, "codebook", ref(), CodebookRefs.read("codebook", told.getCodebook()));
    } catch (WireException e) {
      throw new DamagedFileException(file, String.valueOf(e.getMessage()));
    }
    return header;
  }

  /** Returns which limit the codebook is over, if any; nothing is known of one without a head. */
  Optional<String> overLimit(Limits limits) {
    PublishedCodebook known = summary;
    return LimitCheck.over(known.getNlist(), known.getDim(), limits);
  }

  private void damaged(IOException cause) {
    if (!summary.getDamaged()) {
      LOG.atError().addKeyValue("file", file).setCause(cause).log("codebook is damaged");
    }
    summary = summary.toBuilder().setDamaged(true).build();
  }
}
