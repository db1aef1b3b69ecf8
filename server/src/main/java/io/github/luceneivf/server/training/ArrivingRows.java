// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.proto.v1.SampleChunk;
import io.github.luceneivf.server.rpc.FiniteCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.ChunkCheck;
import io.github.luceneivf.wire.FloatBytes;
import io.github.luceneivf.wire.WireException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Vectors that come in chunks of whole rows, each checked as it comes. Not thread-safe; confined to
 * one upload.
 */
final class ArrivingRows {

  /** What the rows are, and what fields that tell of them are named by. */
  enum Kind {
    SAMPLE("", "", "sample_"),
    QUERIES("queries: ", "query_", "query_");

    private final String chunk;
    private final String end;
    private final String spec;

    Kind(String chunk, String end, String spec) {
      this.chunk = chunk;
      this.end = end;
      this.spec = spec;
    }
  }

  private final Kind kind;
  private final MessageDigest digest = Checksums.sha256();
  private final int wanted;
  private final int dim;
  private final float[] values;
  private int rows;

  /** Allocates all of it; whoever calls has reserved the memory. */
  ArrivingRows(Kind kind, int wanted, int dim) {
    this.kind = kind;
    this.wanted = wanted;
    this.dim = dim;
    this.values = new float[wanted * dim];
  }

  /**
   * Takes the next rows.
   *
   * @throws RequestException if they are damaged, not the next, too many, or not finite
   */
  void add(SampleChunk chunk) {
    try {
      take(chunk);
    } catch (RequestException | WireException e) {
      throw RequestException.invalid(kind.chunk + e.getMessage());
    }
  }

  private void take(SampleChunk chunk) {
    ByteString vectors = chunk.getVectors();
    ChunkCheck.verify("vectors", vectors, chunk.getCrc32C());
    int rowBytes = dim * Float.BYTES;
    int count = vectors.size() / rowBytes;
    if (count * rowBytes != vectors.size()) {
      throw RequestException.invalid(
          "vectors bytes must be a multiple of " + rowBytes + ", got: " + vectors.size());
    }
    if (chunk.getFirstRow() != rows) {
      throw RequestException.invalid("first_row must be " + rows + ", got: " + chunk.getFirstRow());
    }
    if (count > wanted - rows) {
      throw RequestException.invalid(
          "rows must be at most " + wanted + ", got: " + ((long) rows + count));
    }
    int from = rows * dim;
    FloatBytes.copyTo(vectors, values, from);
    FiniteCheck.require(values, from, count * dim, dim, rows);
    Checksums.update(digest, vectors);
    rows += count;
  }

  /** Returns how many rows have come. */
  int rows() {
    return rows;
  }

  /** Returns whether all rows have come. */
  boolean isComplete() {
    return rows == wanted;
  }

  /**
   * Returns the rows, once all have come and are those announced.
   *
   * @param said rows that the last message tells of
   * @param hash hash that the last message tells of
   * @param announced hash that the job was made with, if any
   * @throws RequestException if rows are missing or a hash is another
   */
  FloatMatrix finish(int said, ByteString hash, Optional<String> announced) {
    if (said != rows || !isComplete()) {
      throw RequestException.invalid(
          kind.end + "rows must be " + wanted + ", got: " + rows + ", end says: " + said);
    }
    String actual = rows == 0 ? "" : HexFormat.of().formatHex(digest.digest());
    requireHash(kind.end + "sha256", HexFormat.of().formatHex(hash.toByteArray()), actual);
    announced.ifPresent(known -> requireHash(kind.spec + "sha256", known, actual));
    return new FloatMatrix(values, rows, dim);
  }

  private static void requireHash(String name, String wanted, String actual) {
    if (!wanted.equals(actual)) {
      int max = 64;
      String shown = wanted.length() <= max ? wanted : wanted.substring(0, max);
      throw RequestException.invalid(name + " must be " + actual + ", got: " + shown);
    }
  }
}
