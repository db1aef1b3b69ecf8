// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codebook.EncodedSink;
import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.IOUtils;

/**
 * Encoded vectors in ordinal order, complete and checked before a byte of them enters a segment,
 * and their second entries apart. Confined to one thread; whoever made it closes it, which frees
 * everything.
 */
final class EncodedVectors implements EncodedSink, Closeable {

  private final int vectors;
  private final StagedCodes own;
  private final StagedCodes copies;
  private final FixedBitSet copied;
  private int lastCopied = -1;

  /**
   * Prepares.
   *
   * @param vectors that will come
   * @param spills whether second entries may come
   * @param stage makes room for codes
   */
  EncodedVectors(int vectors, boolean spills, Stage stage) {
    this.vectors = vectors;
    this.own = stage.of(true);
    this.copies = stage.of(false);
    this.copied = new FixedBitSet(spills ? vectors : 0);
  }

  /** Makes room for first entries, which are as many as vectors, or for second ones, for fewer. */
  @FunctionalInterface
  interface Stage {
    StagedCodes of(boolean first);
  }

  @Override
  public void accept(int firstOrd, int count, int[] lists, byte[] records) throws IOException {
    if (firstOrd != own.count()) {
      throw new IllegalStateException(
          "firstOrd must be the vectors received = " + own.count() + ", got: " + firstOrd);
    }
    own.add(count, lists, records);
  }

  @Override
  public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) throws IOException {
    for (int i = 0; i < count; i++) {
      if (ords[i] <= lastCopied || ords[i] >= own.count() || ords[i] >= copied.length()) {
        throw new IllegalStateException(
            "ordinals of second entries must ascend and be in [0, "
                + Math.min(own.count(), copied.length())
                + "), got: "
                + ords[i]
                + " after "
                + lastCopied);
      }
      lastCopied = ords[i];
      copied.set(ords[i]);
    }
    copies.add(count, lists, records);
  }

  @Override
  public void restart() throws IOException {
    own.restart();
    copies.restart();
    copied.clear();
    lastCopied = -1;
  }

  /**
   * Ends receiving: from now on it is read.
   *
   * @throws IOException if what was staged cannot be read back
   * @throws IllegalStateException if vectors are missing
   */
  void seal() throws IOException {
    if (own.count() != vectors) {
      throw new IllegalStateException(
          "the encoder must code all " + vectors + " vectors, got: " + own.count());
    }
    own.seal();
    copies.seal();
  }

  /** Returns the first entries, of all vectors in their order. */
  StagedCodes own() {
    return own;
  }

  /** Returns the second entries, of those {@link #copied} in their order. */
  StagedCodes copies() {
    return copies;
  }

  /** Returns which vectors have a second entry, shared. */
  FixedBitSet copied() {
    return copied;
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(own, copies);
  }
}
