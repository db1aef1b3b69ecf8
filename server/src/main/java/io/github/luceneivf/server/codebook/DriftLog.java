// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.proto.v1.DriftReport;
import io.github.luceneivf.proto.v1.GetDriftResponse;
import io.github.luceneivf.server.storage.DamagedFileException;
import io.github.luceneivf.server.storage.OwnFiles;
import io.github.luceneivf.server.storage.RecordFile;
import io.github.luceneivf.server.storage.RecordWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest drift report of each source of a field, in one file that is replaced with each report.
 * Reports can be made again, so a damaged file is left behind with a warning. Not thread-safe.
 */
final class DriftLog {

  /** Most sources of a field; the one that was silent for longest is forgotten. */
  static final int MAX_SOURCES = 256;

  private static final Logger LOG = LoggerFactory.getLogger(DriftLog.class);

  /** Name of the file. */
  static final String FILE = "drift.reports";

  private final byte[] name;
  private final Path file;
  private final RecordWriter writer;
  private final Map<String, DriftReport> bySource = new LinkedHashMap<>(); // oldest first

  private DriftLog(FieldName name, Path file, RecordWriter writer) {
    this.name = name.toString().getBytes(StandardCharsets.UTF_8);
    this.file = file;
    this.writer = writer;
  }

  static DriftLog open(FieldName name, Path directory, RecordWriter writer) {
    DriftLog log = new DriftLog(name, directory.resolve(FILE), writer);
    if (OwnFiles.isFile(log.file)) {
      try {
        RecordFile.Content content = RecordFile.read(log.file);
        // The first servers wrote no head.
        if (content.head().length > 0 && !Arrays.equals(content.head(), log.name)) {
          throw new DamagedFileException(log.file, "must be of " + name + ", is of another field");
        }
        GetDriftResponse kept = GetDriftResponse.parseFrom(content.body());
        kept.getReportsList().forEach(report -> log.bySource.put(report.getSource(), report));
      } catch (IOException e) {
        LOG.atWarn().addKeyValue("file", log.file).setCause(e).log("drift reports are damaged");
      }
    }
    return log;
  }

  /**
   * Keeps a report.
   *
   * @throws IOException if it cannot be written; then it is not kept
   */
  void put(DriftReport report) throws IOException {
    Map<String, DriftReport> next = new LinkedHashMap<>(bySource);
    next.remove(report.getSource());
    next.put(report.getSource(), report);
    if (next.size() > MAX_SOURCES) {
      next.remove(next.keySet().iterator().next());
    }
    byte[] body = GetDriftResponse.newBuilder().addAllReports(next.values()).build().toByteArray();
    writer.write(file, name, body);
    bySource.clear();
    bySource.putAll(next);
  }

  /** Returns the reports, newest first. */
  List<DriftReport> list() {
    return new ArrayList<>(bySource.values()).reversed();
  }
}
