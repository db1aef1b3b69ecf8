// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;

/** A codec of a user's, which is not registered on the class path of tests. */
public final class ForeignCodec extends FilterCodec {

  /** For Lucene, which makes it when an index names it. */
  public ForeignCodec() {
    super("ForeignCodecOfTests", TestIndex.ours());
  }

  @Override
  public KnnVectorsFormat knnVectorsFormat() {
    return delegate.knnVectorsFormat();
  }
}
