// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.CodebookRef;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.quantization.Encoding;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SpecMessagesTest {

  private static final SpecMessages.Bounds BOUNDS = new SpecMessages.Bounds(64, 100, 50, 3);
  private static final CodebookRef PARENT = new CodebookRef(CodebookId.hashOf(new byte[] {1}), 4);

  private static SpecMessages.Spec spec(Optional<CodebookRef> parent, long parentBytes) {
    KMeansParams params = new KMeansParams(10, 20, 0.25, 2.5, -3, 2);
    return new SpecMessages.Spec(
        new TrainingRequest(Metric.COSINE, Encoding.PQ8, params, 1L << 40, parent),
        16,
        new SpecMessages.Rows(300, Optional.of("0a".repeat(32))),
        SpecMessages.Rows.NONE,
        parentBytes);
  }

  private static SpecMessages.Spec withQueries(SpecMessages.Spec spec, Optional<String> hash) {
    return new SpecMessages.Spec(
        spec.request(), spec.dim(), spec.sample(), new SpecMessages.Rows(70, hash), 0);
  }

  @Test
  void everythingComesBack() {
    for (SpecMessages.Spec sent :
        new SpecMessages.Spec[] {
          spec(Optional.empty(), 0),
          spec(Optional.of(PARENT), 0),
          spec(Optional.of(PARENT), 4321),
          withQueries(spec(Optional.empty(), 0), Optional.empty()),
          withQueries(spec(Optional.empty(), 0), Optional.of("0b".repeat(32)))
        }) {
      assertEquals(sent, SpecMessages.read(SpecMessages.understood(sent), BOUNDS));
    }
  }

  @Test
  void understoodIsWhatWasAskedForButForThreads() {
    SpecMessages.Spec sent = spec(Optional.of(PARENT), 4321);
    TrainingSpec asked = SpecMessages.asked(sent);
    assertFalse(asked.hasThreads());
    assertEquals(3, SpecMessages.read(asked, BOUNDS).request().params().threads());
    TrainingSpec understood = SpecMessages.understood(SpecMessages.read(asked, BOUNDS));
    assertTrue(SpecMessages.isSame(asked, understood));
    assertFalse(
        SpecMessages.isSame(asked, understood.toBuilder().setSeed(asked.getSeed() + 1).build()));
    TrainingSpec queries = SpecMessages.asked(withQueries(sent, Optional.of("0b".repeat(32))));
    assertFalse(
        SpecMessages.isSame(queries, queries.toBuilder().clearQueryRows().build()),
        "a reader that knows of no queries");
  }

  @Test
  void defaultsAreTheReaders() {
    TrainingSpec spec =
        TrainingSpec.newBuilder()
            .setMetricValue(1)
            .setDim(2)
            .setEncodingValue(3)
            .setNlist(4)
            .setPopulation(5)
            .setSampleRows(6)
            .build();
    SpecMessages.Spec read = SpecMessages.read(spec, BOUNDS);
    KMeansParams defaults = KMeansParams.of(4, 0);
    assertEquals(defaults.maxIterations(), read.request().params().maxIterations());
    assertEquals(defaults.tolerance(), read.request().params().tolerance());
    assertEquals(defaults.maxListFactor(), read.request().params().maxListFactor());
    assertEquals(new SpecMessages.Rows(6, Optional.empty()), read.sample());
    assertEquals(SpecMessages.Rows.NONE, read.queries());
  }

  private static void assertRefused(String text, Consumer<TrainingSpec.Builder> change) {
    TrainingSpec.Builder spec = SpecMessages.asked(spec(Optional.of(PARENT), 4321)).toBuilder();
    change.accept(spec);
    WireException refused =
        assertThrows(WireException.class, () -> SpecMessages.read(spec.build(), BOUNDS));
    assertEquals(text, refused.getMessage());
  }

  @Test
  void eachRefusalNamesFieldBoundAndValue() {
    assertRefused("dim must be in [1, 64], got: 65", b -> b.setDim(65));
    assertRefused("nlist must be in [1, 100], got: 0", b -> b.setNlist(0));
    assertRefused("sample_rows must be in [1, 2147483647], got: 0", b -> b.clearSampleRows());
    assertRefused("max_iterations must be in [1, 50], got: 51", b -> b.setMaxIterations(51));
    assertRefused("threads must be in [1, 2147483647], got: 0", b -> b.setThreads(0));
    assertRefused("metric must be one of 1, 2, 3, got: 0", b -> b.clearMetric());
    assertRefused(
        "encoding must be one of 1, 2, 3, 4, 5, 6, 7, got: 8", b -> b.setEncodingValue(8));
    assertRefused("spill must be in [0, 1], got: 1.5", b -> b.setSpill(1.5));
    assertRefused("spill must be in [0, 1], got: NaN", b -> b.setSpill(Double.NaN));
    assertRefused("population must be in [1, 1099511627776], got: 0", b -> b.clearPopulation());
    assertRefused(
        "sample_sha256 bytes must be in [32, 32], got: 31",
        b -> b.setSampleSha256(ByteString.copyFrom(new byte[31])));
    assertRefused("query_rows must be in [0, 10000], got: 10001", b -> b.setQueryRows(10_001));
    assertRefused("query_rows must be in [0, 10000], got: -1", b -> b.setQueryRows(-1));
    assertRefused(
        "query_sha256 bytes must be in [32, 32], got: 33",
        b -> b.setQueryRows(1).setQuerySha256(ByteString.copyFrom(new byte[33])));
    assertRefused(
        "query_sha256 bytes without query_rows must be in [0, 0], got: 32",
        b -> b.setQuerySha256(ByteString.copyFrom(new byte[32])));
    assertRefused(
        "parent version must be in [1, 2147483646], got: 0",
        b -> b.getParentBuilder().setVersion(0));
    assertRefused(
        "parent id bytes must be in [32, 32], got: 0", b -> b.getParentBuilder().clearId());
    assertRefused(
        "parent_bytes without warm_start must be in [0, 0], got: 4321", b -> b.clearWarmStart());
    assertRefused("warm_start must have a parent, got none", b -> b.clearParent());
    assertRefused("parent_bytes must be in [1, 39725], got: 0", b -> b.clearParentBytes());
  }
}
