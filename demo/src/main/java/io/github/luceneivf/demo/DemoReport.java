// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The figures of a run, as {@code --json} writes them.
 *
 * @param docs documents indexed when searches were measured
 * @param dims components of a vector
 * @param nlist posting lists
 * @param nprobe lists that a query probes
 * @param recallAt10 mean recall@10 against exact search
 * @param vectorsScannedFraction mean share of vectors whose code a query looks at
 * @param exactSegments segments without posting lists at that time
 * @param p50Us median latency in microseconds, one thread
 * @param p99Us 99th percentile
 * @param hnswRecallAt10 recall@10 of Lucene's HNSW on the same vectors
 * @param hnswP50Us its median latency
 * @param indexBytes all files of the index, texts too
 * @param sidecarMerges merges done by the sidecar
 * @param copyMerges merges that copied codes
 * @param localFallbackMerges merges done in-process because the sidecar was gone
 * @param trainSeconds time of the training
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record DemoReport(
    int docs,
    int dims,
    int nlist,
    int nprobe,
    @JsonProperty("recall_at_10") double recallAt10,
    double vectorsScannedFraction,
    int exactSegments,
    double p50Us,
    double p99Us,
    @JsonProperty("hnsw_recall_at_10") double hnswRecallAt10,
    double hnswP50Us,
    long indexBytes,
    int sidecarMerges,
    int copyMerges,
    int localFallbackMerges,
    double trainSeconds) {

  /** Returns the figures as a JSON object. */
  String toJson() throws IOException {
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(this)
        + "\n";
  }

  /** Writes the figures. */
  void write(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, toJson());
  }
}
