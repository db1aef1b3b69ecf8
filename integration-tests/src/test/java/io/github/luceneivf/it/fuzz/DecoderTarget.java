// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.codebook.CentroidRanking;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookRef;
import io.github.luceneivf.proto.v1.ListSizes;
import io.github.luceneivf.proto.v1.ReportBytes;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.QueryCode;
import io.github.luceneivf.wire.ChunkCheck;
import io.github.luceneivf.wire.CodebookAssembler;
import io.github.luceneivf.wire.CodebookChunks;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.FieldNames;
import io.github.luceneivf.wire.FloatBytes;
import io.github.luceneivf.wire.SpecMessages;
import io.github.luceneivf.wire.TrainingMessages;
import io.github.luceneivf.wire.WireException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Everything that reads a codebook, a calibration, a report, a specification or chunks of them from
 * bytes. What was read can be used and written again, and what cannot be read is said to be so.
 *
 * <p>Input: <b>[byte]</b> what to read, then parts, each after its length in two bytes.
 */
public final class DecoderTarget {

  private static final TrainedCodebook TRAINED = Samples.trained(Encoding.BIT1);
  private static final SpecMessages.Bounds BOUNDS = new SpecMessages.Bounds(64, 100, 1000, 2);

  /** What is read. */
  private enum Kind {
    CODEBOOK,
    SEALED_CODEBOOK,
    CALIBRATION,
    REPORT,
    SPEC,
    CHUNKS,
    SMALL
  }

  private DecoderTarget() {}

  /** Does what is done once: not part of the first run. */
  public static void fuzzerInitialize() throws IOException {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  /** Returns one input at least of each kind. */
  public static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    byte[] plain = TRAINED.codebook().toBytes();
    for (Encoding encoding : List.of(Encoding.BIT1, Encoding.PQ4)) {
      byte[] codebook = Samples.trained(encoding).codebook().toBytes();
      seeds.add(seed(Kind.CODEBOOK, codebook));
      seeds.add(seed(Kind.SEALED_CODEBOOK, codebook));
    }
    seeds.add(seed(Kind.CALIBRATION, TRAINED.calibration().toBytes()));
    ReportBytes report = TrainingMessages.write(TRAINED, "here");
    seeds.add(
        seed(Kind.REPORT, report.getReport().toByteArray(), report.getCalibration().toByteArray()));
    TrainingSpec spec =
        TrainingSpec.newBuilder()
            .setMetricValue(1)
            .setDim(Samples.DIM)
            .setEncodingValue(3)
            .setNlist(Samples.NLIST)
            .setSampleRows(Samples.ROWS)
            .setPopulation(Samples.ROWS)
            .setSampleSha256(ByteString.copyFrom(new byte[32]))
            .setMaxIterations(5)
            .setTolerance(1e-4)
            .setMaxListFactor(2)
            .setThreads(2)
            .setParent(CodebookRefs.of(TRAINED.codebook()))
            .setWarmStart(true)
            .setParentBytes(plain.length)
            .build();
    seeds.add(seed(Kind.SPEC, spec.toByteArray()));
    List<byte[]> chunks = new ArrayList<>();
    for (CodebookChunk chunk : CodebookChunks.of(plain, 100)) {
      chunks.add(chunk.toByteArray());
    }
    seeds.add(seed(Kind.CHUNKS, chunks.toArray(byte[][]::new)));
    seeds.add(
        seed(
            Kind.SMALL,
            CodebookRefs.of(TRAINED.codebook()).toByteArray(),
            TrainingMessages.sizes(TRAINED.report().clustering().sizes()).toByteArray(),
            FloatBytes.toBytes(new float[] {1, 2}, 0, 2).toByteArray(),
            "a-name".getBytes(StandardCharsets.UTF_8)));
    return seeds;
  }

  private static byte[] seed(Kind kind, byte[]... parts) {
    return Samples.input(kind.ordinal(), List.of(parts));
  }

  /** Throws what no bytes may lead to. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    Kind kind = Kind.values()[Byte.toUnsignedInt(input[0]) % Kind.values().length];
    List<byte[]> parts = new ArrayList<>(Samples.parts(input));
    while (parts.size() < 4) {
      parts.add(new byte[0]);
    }
    WorkMeter.run(input.length, () -> read(kind, parts));
  }

  private static void read(Kind kind, List<byte[]> parts) throws IOException {
    byte[] first = parts.getFirst();
    try {
      switch (kind) {
        case CODEBOOK -> codebook(first);
        case SEALED_CODEBOOK -> {
          Samples.sealCodebook(first);
          codebook(first);
        }
        case CALIBRATION -> calibration(first);
        case REPORT -> report(first, parts.get(1));
        case SPEC -> spec(TrainingSpec.parseFrom(first));
        case CHUNKS -> chunks(parts);
        case SMALL -> small(parts);
      }
    } catch (WireException | InvalidProtocolBufferException _) {
      // as it should be
    }
  }

  private static void codebook(byte[] bytes) {
    Codebook codebook;
    try {
      codebook = Codebook.fromBytes(bytes);
      require(codebook.id().equals(Codebook.idOf(bytes)), "id must be that of the bytes");
    } catch (IOException e) {
      return; // as it should be
    }
    require(Arrays.equals(bytes, codebook.toBytes()), "codebook must be written as it was read");
    require(codebook.memoryBytes() > 0, "memory must be positive");
    CentroidRanking ranking = new CentroidRanking(codebook);
    float[] query = new float[codebook.dim()];
    Arrays.fill(query, 0.5f);
    codebook.space().mapQuery(query);
    int want = Math.min(3, codebook.nlist());
    ranking.rank(new QueryCode(codebook.quantizer(), query), want, new int[want], new float[want]);
  }

  private static void calibration(byte[] bytes) {
    Calibration calibration;
    try {
      calibration = Calibration.fromBytes(bytes);
    } catch (IOException e) {
      return; // as it should be
    }
    require(Arrays.equals(bytes, calibration.toBytes()), "calibration must be written as read");
    use(calibration);
  }

  private static void use(Calibration calibration) {
    for (int k : new int[] {1, 7, 100, 10_000, Integer.MAX_VALUE}) {
      for (double target : new double[] {0.5, 0.95, 0.999}) {
        require(calibration.nprobe(k, target) >= 1, "nprobe must be at least 1");
        require(calibration.depth(k, target) >= k, "depth must be at least k");
      }
      double recall = calibration.recall(k, k, calibration.usual());
      require(recall >= 0 && recall <= 1, "recall must be in [0, 1]");
    }
  }

  private static void report(byte[] report, byte[] calibration) {
    ReportBytes bytes =
        TrainingMessages.seal(ByteString.copyFrom(report), ByteString.copyFrom(calibration));
    TrainingMessages.requireIntact(bytes);
    TrainedCodebook read = TrainingMessages.readPublished(bytes, TRAINED.codebook());
    use(read.calibration());
    require(Double.isFinite(read.report().energy()), "energy must be finite");
    require(read.report().warnings().size() < 10, "warnings must be few");
    ReportBytes again = TrainingMessages.write(read, read.report().trainedBy());
    TrainedCodebook second = TrainingMessages.readPublished(again, TRAINED.codebook());
    require(second.calibration().equals(read.calibration()), "calibration must come back");
  }

  private static void spec(TrainingSpec spec) {
    SpecMessages.Spec read = SpecMessages.read(spec, BOUNDS);
    SpecMessages.Spec again = SpecMessages.read(SpecMessages.asked(read), BOUNDS);
    require(
        SpecMessages.asked(read).equals(SpecMessages.asked(again)), "what is asked must come back");
    require(SpecMessages.understood(read).hasThreads(), "threads must be told");
  }

  private static void chunks(List<byte[]> parts) throws InvalidProtocolBufferException {
    int size = parts.stream().mapToInt(part -> part.length).sum();
    CodebookAssembler assembler = new CodebookAssembler(Math.max(size / 2, 1), 1 << 20);
    for (byte[] part : parts) {
      CodebookChunk chunk = CodebookChunk.parseFrom(part);
      ByteString data = chunk.getData();
      int crc = Samples.crc32c(data.toByteArray(), data.size());
      assembler.add(chunk.toBuilder().setCrc32C(crc).build());
      if (assembler.isComplete()) {
        var _ = assembler.read(TRAINED.codebook().id());
      }
    }
  }

  private static void small(List<byte[]> parts) throws InvalidProtocolBufferException {
    var _ = CodebookRefs.read("ref", CodebookRef.parseFrom(parts.get(0)));
    var _ = TrainingMessages.sizes(ListSizes.parseFrom(parts.get(1)));
    ByteString floats = ByteString.copyFrom(parts.get(2));
    if (floats.size() % Float.BYTES == 0) {
      int count = FloatBytes.copyTo(floats, new float[floats.size() / Float.BYTES], 0);
      require(count == floats.size() / Float.BYTES, "floats must be copied");
    }
    ChunkCheck.verify("floats", floats, Samples.crc32c(parts.get(2), floats.size()));
    String name = new String(parts.get(3), StandardCharsets.UTF_8);
    FieldNames.require("name", FieldNames.of(name));
    FieldNames.require("name", name);
  }

  private static void require(boolean ok, String what) {
    if (!ok) {
      throw new AssertionError(what);
    }
  }
}
