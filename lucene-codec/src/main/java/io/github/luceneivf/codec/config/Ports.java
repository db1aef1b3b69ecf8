// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.config;

import io.github.luceneivf.codebook.CodebookSource;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.telemetry.IndexListener;
import java.util.Objects;

/**
 * Who does the heavy work. Whoever makes remote ports closes them, after the index writer.
 * Thread-safe when its parts are.
 *
 * @param trainer trains codebooks; a flush never waits for a remote one. The first flush of a
 *     field, which trains in this process, does so and encodes on {@link CodebookTrainer#threads()}
 *     threads that end with it: for {@link LocalCodebookTrainer} one per processor, at most 8,
 *     unless its constructor says otherwise. All later flushes stay on their own thread.
 * @param encoder assigns and encodes the vectors of merges; flushes always do so in this process
 * @param source where newer codebooks may come from
 * @param listener told of every segment written
 */
public record Ports(
    CodebookTrainer trainer, VectorEncoder encoder, CodebookSource source, IndexListener listener) {

  /** Everything in this process, and nobody is told. */
  public static final Ports LOCAL =
      new Ports(
          new LocalCodebookTrainer(),
          new LocalVectorEncoder(),
          CodebookSource.NONE,
          IndexListener.NONE);

  /** Validates the components. */
  public Ports {
    Objects.requireNonNull(trainer, "trainer");
    Objects.requireNonNull(encoder, "encoder");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(listener, "listener");
  }

  /** Returns a copy with another trainer. */
  public Ports withTrainer(CodebookTrainer other) {
    return new Ports(other, encoder, source, listener);
  }

  /** Returns a copy with another encoder. */
  public Ports withEncoder(VectorEncoder other) {
    return new Ports(trainer, other, source, listener);
  }

  /** Returns a copy with another source. */
  public Ports withSource(CodebookSource other) {
    return new Ports(trainer, encoder, other, listener);
  }

  /** Returns a copy with another listener. */
  public Ports withListener(IndexListener other) {
    return new Ports(trainer, encoder, source, other);
  }
}
