// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.quantization.Encoding;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RemoteVectorEncoderTest {

  private static FloatMatrix vectors;
  private static TrainedCodebook trained;

  @BeforeAll
  static void train() throws IOException {
    vectors = TestVectors.sample();
    trained = TestVectors.trained(TestVectors.request(), vectors);
  }

  private static CollectedCodes local(Encoding encoding) throws IOException {
    return local(trained, encoding);
  }

  private static CollectedCodes local(TrainedCodebook trained, Encoding encoding)
      throws IOException {
    CollectedCodes codes = new CollectedCodes();
    new LocalVectorEncoder()
        .encode(trained.codebook(), encoding, vectors.asSource(), codes, AbortCheck.NONE);
    return codes;
  }

  @Test
  void goodSidecarEncodes() throws IOException {
    try (FakeSidecar sidecar = new FakeSidecar(trained, FakeSidecar.Fault.NONE)) {
      RemoteVectorEncoder encoder = new RemoteVectorEncoder(sidecar.connection());
      List<Encoding> supported =
          Encoding.all().stream().filter(trained.codebook()::supports).toList();
      for (Encoding encoding : supported) {
        CollectedCodes codes = new CollectedCodes();
        encoder.encode(trained.codebook(), encoding, vectors.asSource(), codes, AbortCheck.NONE);
        assertArrayEquals(local(encoding).lists(), codes.lists());
        assertArrayEquals(local(encoding).records(), codes.records());
      }
      int bytes = trained.codebook().toBytes().length;
      List<Integer> expected = new ArrayList<>(Collections.nCopies(supported.size(), 0));
      expected.set(0, bytes);
      assertEquals(expected, sidecar.codebookBytes, "sent once, then named");
    }
  }

  @Test
  void goodSidecarEncodesBySubCodebooks() throws IOException {
    for (Encoding encoding : List.of(Encoding.PQ4, Encoding.PQ8)) {
      TrainedCodebook own =
          TestVectors.trained(TestVectors.request(encoding, TestVectors.NLIST), vectors);
      try (FakeSidecar sidecar = new FakeSidecar(own, FakeSidecar.Fault.NONE)) {
        CollectedCodes codes = new CollectedCodes();
        new RemoteVectorEncoder(sidecar.connection())
            .encode(own.codebook(), encoding, vectors.asSource(), codes, AbortCheck.NONE);
        assertArrayEquals(local(own, encoding).records(), codes.records());
      }
    }
  }

  @Test
  void noVectorsAreEncodedToo() throws IOException {
    try (FakeSidecar sidecar = new FakeSidecar(trained, FakeSidecar.Fault.NONE)) {
      CollectedCodes codes = new CollectedCodes();
      new RemoteVectorEncoder(sidecar.connection())
          .encode(
              trained.codebook(),
              Encoding.BIT1,
              new FloatMatrix(new float[0], 0, TestVectors.DIM).asSource(),
              codes,
              AbortCheck.NONE);
      assertEquals(0, codes.lists().length);
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.luceneivf.client.EncodingFaults#all")
  void misbehaviourIsFoundAndTheSameCodesAreMadeHere(EncodingFaults.Case wrong) throws IOException {
    SidecarCounters counters = new SidecarCounters();
    CollectedCodes codes = new CollectedCodes();
    try (FakeSidecar sidecar = new FakeSidecar(trained, wrong.fault())) {
      RemoteVectorEncoder remote = new RemoteVectorEncoder(sidecar.connection());
      SidecarException found =
          assertThrows(
              SidecarException.class,
              () ->
                  remote.encode(
                      trained.codebook(),
                      Encoding.BIT1,
                      vectors.asSource(),
                      new CollectedCodes(),
                      AbortCheck.NONE));
      assertEquals(wrong.reason(), found.reason(), found.getMessage());
      assertTrue(String.valueOf(found.getMessage()).contains(wrong.text()), found.getMessage());

      new FallbackEncoder(
              new RemoteVectorEncoder(sidecar.connection()), new LocalVectorEncoder(), counters)
          .encode(trained.codebook(), Encoding.BIT1, vectors.asSource(), codes, AbortCheck.NONE);
    }
    assertEquals(1, counters.fallbacks(wrong.reason()));
    assertEquals(1, codes.restarts());
    assertArrayEquals(local(Encoding.BIT1).lists(), codes.lists());
    assertArrayEquals(local(Encoding.BIT1).records(), codes.records());
  }

  @Test
  void abortIsRethrownAndCancelsTheCallAtOnce() throws Exception {
    IOException stop = new IOException("merge aborted");
    AtomicBoolean called = new AtomicBoolean();
    AbortCheck abort =
        () -> {
          if (called.get()) {
            throw stop;
          }
        };
    FakeSidecar.Fault silent =
        _ -> {
          called.set(true);
          return null;
        };
    rethrown(stop, vectors.asSource(), new CollectedCodes(), abort, silent);
  }

  @Test
  void troubleOfTheSourceIsRethrown() throws Exception {
    IOException broken = new IOException("disk error");
    VectorSource source =
        new VectorSource() {
          @Override
          public int size() {
            return 10;
          }

          @Override
          public int dim() {
            return TestVectors.DIM;
          }

          @Override
          public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
            throw broken;
          }
        };
    rethrown(broken, source, new CollectedCodes(), AbortCheck.NONE, FakeSidecar.Fault.NONE);
  }

  @Test
  void troubleOfTheSinkIsRethrown() throws Exception {
    IOException full = new IOException("disk full");
    EncodedSink sink =
        new EncodedSink() {
          @Override
          public void accept(int firstOrd, int count, int[] lists, byte[] records)
              throws IOException {
            throw full;
          }

          @Override
          public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) {
            throw new AssertionError("no vector is in two lists here");
          }

          @Override
          public void restart() {
            throw new IllegalStateException("must not fall back");
          }
        };
    FakeSidecar.Fault neverEnds =
        message ->
            message instanceof AssignAndEncodeResponse r && r.hasSummary()
                ? null
                : List.of(message);
    rethrown(full, vectors.asSource(), sink, AbortCheck.NONE, neverEnds);
  }

  private static void rethrown(
      IOException wanted,
      VectorSource source,
      EncodedSink sink,
      AbortCheck abort,
      FakeSidecar.Fault fault)
      throws Exception {
    SidecarCounters counters = new SidecarCounters();
    try (FakeSidecar sidecar = new FakeSidecar(trained, fault)) {
      FallbackEncoder encoder =
          new FallbackEncoder(
              new RemoteVectorEncoder(sidecar.connection()), new LocalVectorEncoder(), counters);
      IOException thrown =
          assertThrows(
              IOException.class,
              () -> encoder.encode(trained.codebook(), Encoding.BIT1, source, sink, abort));
      assertSame(wanted, thrown);
      assertTrue(sidecar.cancelled.await(5, TimeUnit.SECONDS), "call cancelled");
    }
    assertEquals(1, counters.rethrown());
    assertEquals(0, counters.fallbacks());
  }

  @Test
  void deadSidecarIsNotAskedAgainForAWhile() throws IOException {
    long[] now = {0};
    int[] calls = {0};
    FakeSidecar.Fault down =
        message -> {
          calls[0]++;
          throw new FakeSidecar.Refusal(Status.UNAVAILABLE);
        };
    SidecarCounters counters = new SidecarCounters();
    try (FakeSidecar sidecar = new FakeSidecar(trained, down)) {
      FallbackEncoder encoder =
          new FallbackEncoder(
              new RemoteVectorEncoder(sidecar.connection(() -> now[0])),
              new LocalVectorEncoder(),
              counters);
      for (int i = 0; i < 100; i++) {
        encoder.encode(
            trained.codebook(),
            Encoding.BIT1,
            vectors.asSource(),
            new CollectedCodes(),
            AbortCheck.NONE);
      }
      assertEquals(CircuitBreaker.FAILURES, calls[0]);
      assertEquals(97, counters.fallbacks(Reason.CIRCUIT_OPEN));
      now[0] += CircuitBreaker.PAUSE.toNanos();
      encoder.encode(
          trained.codebook(),
          Encoding.BIT1,
          vectors.asSource(),
          new CollectedCodes(),
          AbortCheck.NONE);
      assertEquals(CircuitBreaker.FAILURES + 1, calls[0]);
    }
  }
}
