// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.quantization.Encoding;
import java.util.Optional;
import java.util.Random;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.index.BaseKnnVectorsFormatTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.junit.Rule;
import org.junit.rules.TestWatcher;
import org.junit.runner.Description;

/** Lucene's own suite. Half of the runs have lists in every segment, however small. */
public class TestIvfVectorsFormat extends BaseKnnVectorsFormatTestCase {

  /** Says what the line that reproduces a failure leaves out. */
  @Rule
  public final TestWatcher width =
      new TestWatcher() {
        @Override
        protected void failed(Throwable failure, Description test) {
          System.err.println(
              "NOTE: vector kernel: "
                  + Kernels.get().name()
                  + "; .ci/lucene-suite draws its width from the seed");
        }
      };

  private IvfVectorsFormat format;

  @Override
  public void setUp() throws Exception {
    format = new IvfVectorsFormat(randomParams(random()));
    super.setUp();
  }

  /** Settings of any kind, so that every path is taken by some test of some seed. */
  static IvfParams randomParams(Random random) {
    boolean small = random.nextBoolean();
    IvfParams.Thresholds thresholds =
        small
            ? new IvfParams.Thresholds(0, 1 + random.nextInt(20), random.nextInt(4))
            : new IvfParams.Thresholds(
                random.nextInt(200), 1 + random.nextInt(400), random.nextInt(8));
    ListSizing sizing =
        random.nextInt(4) == 0
            ? ListSizing.SQUARE_ROOT
            : ListSizing.fixed(1 + random.nextInt(random.nextBoolean() ? 4 : 40));
    Encoding encoding = Encoding.all().get(random.nextInt(Encoding.all().size()));
    long budget = random.nextBoolean() ? 256L << 20 : 1024 + random.nextInt(1 << 16);
    double target = 0.5 + random.nextDouble() * 0.49;
    return new IvfParams(Optional.of(encoding), sizing, thresholds, target, budget);
  }

  @Override
  protected Codec getCodec() {
    return TestUtil.alwaysKnnVectorsFormat(format);
  }

  @Override
  protected boolean supportsFloatVectorFallback() {
    return false;
  }
}
