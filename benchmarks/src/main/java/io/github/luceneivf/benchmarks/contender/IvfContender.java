// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.benchmarks.report.Family;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/** This project's format in one of its encodings. */
final class IvfContender extends LuceneContender {

  private static final String NPROBE = "nprobe";
  private static final String OVERSAMPLE = "oversample";
  private static final double[] NPROBES = Ladder.counts(1, 400, 1.2);

  /** Exact codes need no rerank, coarse ones a deep one. */
  private static final double[] EXACT = {1};

  private static final double[] FINE = {1, 2, 4};
  private static final double[] COARSE = {1, 2, 3, 4.5, 7, 11, 18, 30};

  private final Encoding encoding;

  IvfContender(Encoding encoding) {
    super("ivf-" + encoding.displayName().toLowerCase(Locale.ROOT), Family.OURS);
    this.encoding = encoding;
  }

  @Override
  public String fingerprint() throws IOException {
    return super.fingerprint()
        + "-"
        + CodeFingerprint.of(List.of(IvfVectorsFormat.class, Encoding.class));
  }

  @Override
  public List<String> indexes() {
    return List.of("");
  }

  @Override
  public List<Ladder> ladders(int rows) {
    List<Ladder> ladders = new ArrayList<>();
    for (double oversample : oversamples()) {
      ladders.add(
          Ladder.of(
              NPROBES, nprobe -> defaults().with(NPROBE, nprobe).with(OVERSAMPLE, oversample)));
    }
    return ladders;
  }

  private double[] oversamples() {
    // Bits per dimension, whatever encodings there are.
    int bits = encoding.codeBytes(1024) * Byte.SIZE / 1024;
    if (bits >= 32) {
      return EXACT;
    }
    return bits >= 8 ? FINE : COARSE;
  }

  @Override
  public Setting defaults() {
    return Setting.defaults("");
  }

  @Override
  protected KnnVectorsFormat format(String index) {
    return format(Ports.LOCAL);
  }

  /** Returns the format with others to do the heavy work. */
  KnnVectorsFormat format(Ports ports) {
    return new IvfVectorsFormat(IvfParams.DEFAULT.withEncoding(encoding), ports);
  }

  /** The codebook of a merge of all rows is at hand from then on, as with a sidecar's registry. */
  @Override
  public Rebuild learn(String index, PreparedVectors vectors, Path scratch) throws IOException {
    KnnVectorsFormat format = format(Ports.LOCAL.withSource(new LastCodebook()));
    BuildCost cost = new LuceneBuild(format, vectors, Layout.MERGED).into(scratch);
    return new Rebuild(format, vectors, cost.merge());
  }

  @Override
  protected Query query(float[] vector, int k, Setting setting, @Nullable Query filter) {
    return new IvfKnnFloatVectorQuery(FIELD, vector, k, filter, strategy(setting));
  }

  private static IvfSearchStrategy strategy(Setting setting) {
    return setting.has(NPROBE)
        ? IvfSearchStrategy.nprobe(setting.count(NPROBE))
            .oversample((float) setting.knob(OVERSAMPLE))
        : IvfSearchStrategy.CALIBRATED;
  }
}
