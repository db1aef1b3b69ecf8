// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoReportTest {

  @Test
  void jsonHasTheDocumentedNames() throws Exception {
    DemoReport report = new DemoReport(1, 2, 3, 4, 0.5, 0.6, 7, 8, 9, 0.1, 11, 12, 13, 14, 15, 1.6);
    JsonNode json = new ObjectMapper().readTree(report.toJson());
    List<String> names = new ArrayList<>();
    json.fieldNames().forEachRemaining(names::add);
    assertEquals(
        List.of(
            "docs",
            "dims",
            "nlist",
            "nprobe",
            "recall_at_10",
            "vectors_scanned_fraction",
            "exact_segments",
            "p50_us",
            "p99_us",
            "hnsw_recall_at_10",
            "hnsw_p50_us",
            "index_bytes",
            "sidecar_merges",
            "copy_merges",
            "local_fallback_merges",
            "train_seconds"),
        names);
    assertEquals(0.5, json.get("recall_at_10").asDouble());
    assertEquals(12, json.get("index_bytes").asLong());
  }
}
