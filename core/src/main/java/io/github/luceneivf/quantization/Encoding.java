// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a vector is coded in a posting list. One wire id per encoding, never reused. A coded vector
 * is a <i>record</i>: {@link #codeBytes} bytes of code, then {@link #terms} floats, little-endian;
 * {@link CodeBlock} says how records lie in a list.
 *
 * <p>Bits per dimension (of the dimension rounded up to 32, but for FLOAT32), and candidates
 * reranked per ten found that cost at most 0.5 % of recall on embeddings of 384 dimensions: FLOAT32
 * 32, none; INT8 8, 10; INT4 4, 12; BIT2 and PQ4 2, 30; BIT1 and PQ8 1, 80.
 */
@SuppressWarnings("ClassInitializationDeadlock") // nobody but this interface makes its records
public sealed interface Encoding {

  /** The vector itself, as floats (IVF-Flat). */
  Encoding FLOAT32 = new Float32();

  /** Rotated residual, one signed byte per dimension and a scale per vector. */
  Encoding INT8 = new Int8();

  /** Signs of the rotated residual, one bit per dimension, and two correction terms per vector. */
  Encoding BIT1 = new Bit1();

  /** Rotated residual, four bits per dimension, and two correction terms per vector. */
  Encoding INT4 = new Int4();

  /** Rotated residual, two bits per dimension, and two correction terms per vector. */
  Encoding BIT2 = new Bit2();

  /**
   * Rotated residual by product quantization: 16 centroids for each two dimensions, and two
   * correction terms per vector. Needs sub-codebooks.
   */
  Encoding PQ4 = new Pq4();

  /**
   * Rotated residual by product quantization: 256 centroids for each eight dimensions, and two
   * correction terms per vector. Needs sub-codebooks. The counterpart of FAISS's IVF-PQ; slow.
   */
  Encoding PQ8 = new Pq8();

  /** Dimension from which on one bit per dimension is the default. */
  int MANY_DIMENSIONS = 160;

  /**
   * Returns the default for vectors of {@code dim} dimensions, by measurement: one bit per
   * dimension scans least, but in low dimensions it misleads so much that reranking costs more than
   * a second bit.
   */
  static Encoding defaultFor(int dim) {
    return dim < MANY_DIMENSIONS ? BIT2 : BIT1;
  }

  /** Returns all encodings, in the order of their wire ids. */
  static List<Encoding> all() {
    return List.of(FLOAT32, INT8, BIT1, INT4, BIT2, PQ4, PQ8);
  }

  /** Returns the number that stands for this encoding in files and messages. */
  int wireId();

  /** Returns the bytes of the code of one vector of {@code dim} dimensions, without terms. */
  int codeBytes(int dim);

  /** Returns the float terms that follow each code: 0 or 2. */
  int terms();

  /**
   * Returns the centroids per subspace of the sub-codebooks that this needs; 0 if it needs none.
   */
  default int subCodebookSize() {
    return 0;
  }

  /** Returns the components of a subspace; 0 without sub-codebooks. */
  default int subspaceDim() {
    return 0;
  }

  /** Returns the bytes of a record: code and terms. */
  default int recordBytes(int dim) {
    return codeBytes(dim) + terms() * Float.BYTES;
  }

  /** Returns the name as in documentation and settings, for example {@code BIT1}. */
  default String displayName() {
    return getClass().getSimpleName().toUpperCase(Locale.ROOT);
  }

  /**
   * Returns the encoding of a wire id.
   *
   * @throws IllegalArgumentException if none has it
   */
  static Encoding fromWireId(int wireId) {
    for (Encoding encoding : all()) {
      if (encoding.wireId() == wireId) {
        return encoding;
      }
    }
    String known =
        all().stream()
            .map(encoding -> String.valueOf(encoding.wireId()))
            .collect(Collectors.joining(", "));
    throw new IllegalArgumentException("encoding must be one of " + known + ", got: " + wireId);
  }

  /** See {@link #FLOAT32}. */
  record Float32() implements Encoding {
    @Override
    public int wireId() {
      return 1;
    }

    @Override
    public int codeBytes(int dim) {
      return dim * Float.BYTES;
    }

    @Override
    public int terms() {
      return 0;
    }
  }

  /** See {@link #INT8}. */
  record Int8() implements Encoding {
    @Override
    public int wireId() {
      return 2;
    }

    @Override
    public int codeBytes(int dim) {
      return Rotation.paddedDim(dim);
    }

    @Override
    public int terms() {
      return 2;
    }
  }

  /** See {@link #BIT1}. */
  record Bit1() implements Encoding {
    @Override
    public int wireId() {
      return 3;
    }

    @Override
    public int codeBytes(int dim) {
      return Rotation.paddedDim(dim) / Byte.SIZE;
    }

    @Override
    public int terms() {
      return 2;
    }
  }

  /** See {@link #INT4}. */
  record Int4() implements Encoding {
    @Override
    public int wireId() {
      return 4;
    }

    @Override
    public int codeBytes(int dim) {
      return Rotation.paddedDim(dim) / 2;
    }

    @Override
    public int terms() {
      return 2;
    }
  }

  /** See {@link #BIT2}. */
  record Bit2() implements Encoding {
    @Override
    public int wireId() {
      return 5;
    }

    @Override
    public int codeBytes(int dim) {
      return Rotation.paddedDim(dim) / 4;
    }

    @Override
    public int terms() {
      return 2;
    }
  }

  /** See {@link #PQ4}. */
  record Pq4() implements Encoding {
    @Override
    public int wireId() {
      return 6;
    }

    @Override
    public int codeBytes(int dim) {
      return Rotation.paddedDim(dim) / (2 * subspaceDim());
    }

    @Override
    public int terms() {
      return 2;
    }

    @Override
    public int subCodebookSize() {
      return 16;
    }

    @Override
    public int subspaceDim() {
      return 2;
    }
  }

  /** See {@link #PQ8}. */
  record Pq8() implements Encoding {
    @Override
    public int wireId() {
      return 7;
    }

    @Override
    public int codeBytes(int dim) {
      return Rotation.paddedDim(dim) / subspaceDim();
    }

    @Override
    public int terms() {
      return 2;
    }

    @Override
    public int subCodebookSize() {
      return 256;
    }

    @Override
    public int subspaceDim() {
      return 8;
    }
  }
}
