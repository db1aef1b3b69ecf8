// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import com.google.protobuf.InvalidProtocolBufferException;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.proto.v1.CodebookHeader;
import io.github.luceneivf.proto.v1.ReportBytes;
import io.github.luceneivf.proto.v1.StoredJob;
import io.github.luceneivf.server.codebook.ContentCheck;
import io.github.luceneivf.server.storage.DamagedFileException;
import io.github.luceneivf.server.storage.OwnFiles;
import io.github.luceneivf.server.storage.RecordFile;
import io.github.luceneivf.server.storage.RecordWriter;
import io.github.luceneivf.wire.CodebookChunks;
import io.github.luceneivf.wire.Timestamps;
import io.github.luceneivf.wire.TrainingMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results of jobs on disk, one file each: {@code <job>.job}. A file is there exactly while its job
 * has succeeded and not expired, so what is found at the start is all that was ever answered. A
 * file whose content is another's, however intact, is damaged. Thread-safe.
 */
public final class JobStore {

  private static final Logger LOG = LoggerFactory.getLogger(JobStore.class);
  private static final String SUFFIX = ".job";
  private static final Pattern FILE = Pattern.compile("[0-9a-f]{32}\\.job");

  private final Path directory;
  private final RecordWriter writer;

  /**
   * A result of a server that ran before.
   *
   * @param stored the head of its file
   * @param result what is held of it
   */
  record Found(StoredJob stored, JobResult result) {

    Instant end() {
      return Timestamps.read(stored.getEndTime());
    }
  }

  private JobStore(Path directory, RecordWriter writer) {
    this.directory = directory;
    this.writer = writer;
  }

  /**
   * Opens a store.
   *
   * @param directory its directory, created
   * @param writer writes results
   * @throws IOException if it cannot be created
   */
  public static JobStore open(Path directory, RecordWriter writer) throws IOException {
    OwnFiles.createDirectory(directory);
    return new JobStore(directory, writer);
  }

  /**
   * Finds the results of a server that ran before, oldest first; deletes those that are damaged,
   * which can be trained again, and what was left half written; leaves alone what is not the
   * store's or cannot be read.
   *
   * @throws IOException if the directory cannot be listed
   */
  List<Found> restore() throws IOException {
    List<Found> found = new ArrayList<>();
    for (Path file : OwnFiles.list(directory, FILE)) {
      try {
        byte[] head = RecordFile.readHead(file);
        String name = file.getFileName().toString();
        String job = name.substring(0, name.length() - SUFFIX.length());
        StoredJob stored = stored(file, job, head);
        found.add(new Found(stored, result(file, stored, head.length)));
      } catch (DamagedFileException e) {
        LOG.atWarn().addKeyValue("file", file).setCause(e).log("result is damaged, deleted");
        delete(file);
      } catch (IOException e) {
        LOG.atWarn().addKeyValue("file", file).setCause(e).log("result cannot be read, left alone");
      }
    }
    found.sort(Comparator.comparing(Found::end));
    return found;
  }

  private static JobResult result(Path file, StoredJob stored, int headBytes) {
    CodebookHeader codebook = stored.getCodebook();
    int bodyBytes = (int) Math.clamp(codebook.getSizeBytes(), 0, Integer.MAX_VALUE);
    return new JobResult(
        file, stored.getJob().getId(), codebook, RecordFile.length(headBytes, bodyBytes));
  }

  /** Reads a head, which must be that of a job. */
  private static StoredJob stored(Path file, String job, byte[] head) throws DamagedFileException {
    StoredJob stored;
    try {
      stored = StoredJob.parseFrom(head);
    } catch (InvalidProtocolBufferException e) {
      throw new DamagedFileException(file, "head must be a job: " + e.getMessage());
    }
    DamagedFileException.requireSame(file, "job", job, stored.getJob().getId());
    return stored;
  }

  /** Returns whether there is room on disk for so many bytes, as far as can be told. */
  boolean hasRoom(long bytes) {
    return RecordFile.hasRoom(directory, bytes);
  }

  /**
   * Writes a result; when this returns it is on disk.
   *
   * @param last how the job ends
   * @throws IOException if it cannot be written; nothing is left of it then
   */
  JobResult write(TrainingJob job, JobStatus last, TrainedCodebook trained, Instant end)
      throws IOException {
    byte[] codebook = trained.codebook().toBytes();
    StoredJob stored =
        StoredJob.newBuilder()
            .setJob(JobMessages.job(job, last))
            .setEndTime(Timestamps.of(end))
            .setCodebook(CodebookChunks.header(trained.codebook(), codebook))
            .setReport(TrainingMessages.write(trained, ""))
            .build();
    Path file = directory.resolve(job.id() + SUFFIX);
    byte[] head = stored.toByteArray();
    writer.write(file, head, codebook);
    return result(file, stored, head.length);
  }

  /**
   * Reads the codebook of a result.
   *
   * @throws DamagedFileException if it is not as it was written
   * @throws IOException if it cannot be read, or was deleted
   */
  static byte[] readCodebook(JobResult result) throws IOException {
    RecordFile.Content content = RecordFile.read(result.file());
    head(result, content.head());
    CodebookId wanted = CodebookId.of(result.codebook().getCodebook().getId().toByteArray());
    ContentCheck.require(result.file(), wanted, content.body());
    return content.body();
  }

  /**
   * Reads the report of a result.
   *
   * @throws DamagedFileException if it is not as it was written
   * @throws IOException if it cannot be read, or was deleted
   */
  static ReportBytes readReport(JobResult result) throws IOException {
    return head(result, RecordFile.readHead(result.file())).getReport();
  }

  private static StoredJob head(JobResult result, byte[] head) throws DamagedFileException {
    StoredJob stored = stored(result.file(), result.jobId(), head);
    if (!stored.getCodebook().equals(result.codebook())) {
      throw new DamagedFileException(result.file(), "codebook must be that of the job");
    }
    return stored;
  }

  /** Deletes a result. */
  static void delete(JobResult result) {
    delete(result.file());
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", file).setCause(e).log("result was not deleted");
    }
  }
}
