// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import com.google.protobuf.Timestamp;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.proto.v1.StoredJob;
import io.github.luceneivf.server.storage.DamagedFileException;
import io.github.luceneivf.server.storage.RecordFile;
import io.github.luceneivf.wire.CodebookChunks;
import io.github.luceneivf.wire.TrainingMessages;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results of jobs on disk, one file each: {@code <job>.job}. A file is there exactly while its job
 * has succeeded and not expired, so what is found at the start is all that was ever answered.
 * Thread-safe.
 */
public final class JobStore {

  private static final Logger LOG = LoggerFactory.getLogger(JobStore.class);
  private static final String SUFFIX = ".job";

  private final Path directory;

  private JobStore(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens a store.
   *
   * @param directory its directory, created
   * @throws IOException if it cannot be created
   */
  public static JobStore open(Path directory) throws IOException {
    Files.createDirectories(directory);
    return new JobStore(directory);
  }

  /**
   * Finds the results of a server that ran before, oldest first; deletes what is damaged, which can
   * be trained again, and what was left half written.
   *
   * @throws IOException if the directory cannot be listed
   */
  List<JobResult> restore() throws IOException {
    List<JobResult> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.endsWith(RecordFile.PART)) {
          Files.deleteIfExists(file);
        } else if (name.endsWith(SUFFIX)) {
          restore(file, found);
        }
      }
    }
    found.sort(Comparator.comparing(JobStore::endTime));
    return found;
  }

  private static Instant endTime(JobResult result) {
    Timestamp end = result.stored().getEndTime();
    return Instant.ofEpochSecond(end.getSeconds(), end.getNanos());
  }

  private void restore(Path file, List<JobResult> found) throws IOException {
    try {
      StoredJob stored = StoredJob.parseFrom(RecordFile.readHead(file));
      if (file.equals(file(stored.getJob().getId()))) {
        found.add(new JobResult(stored, file));
        return;
      }
      LOG.atWarn().addKeyValue("file", file).log("result of another job");
    } catch (DamagedFileException e) {
      LOG.atWarn().addKeyValue("file", file).setCause(e).log("result is damaged");
    }
    Files.deleteIfExists(file);
  }

  private Path file(String job) {
    return directory.resolve(job + SUFFIX);
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
            .setEndTime(
                Timestamp.newBuilder().setSeconds(end.getEpochSecond()).setNanos(end.getNano()))
            .setCodebook(CodebookChunks.header(trained.codebook(), codebook))
            .setReport(TrainingMessages.write(trained, ""))
            .build();
    Path file = file(job.id());
    RecordFile.write(file, stored.toByteArray(), codebook);
    return new JobResult(stored, file);
  }

  /**
   * Reads the codebook of a result.
   *
   * @throws DamagedFileException if it is not as it was written
   * @throws IOException if it cannot be read, or was deleted
   */
  static byte[] readCodebook(JobResult result) throws IOException {
    return RecordFile.read(result.file()).body();
  }

  /** Deletes a result. */
  static void delete(JobResult result) {
    try {
      Files.deleteIfExists(result.file());
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", result.file()).setCause(e).log("result was not deleted");
    }
  }
}
