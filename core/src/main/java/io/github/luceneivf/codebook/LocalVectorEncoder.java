package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;

/** Assigns and encodes on the calling thread. */
public final class LocalVectorEncoder implements VectorEncoder {

  /** Creates an encoder. */
  public LocalVectorEncoder() {}

  @Override
  public void encode(
      Codebook codebook,
      Encoding encoding,
      VectorSource vectors,
      EncodedSink sink,
      AbortCheck abort)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isRemote() {
    return false;
  }
}
