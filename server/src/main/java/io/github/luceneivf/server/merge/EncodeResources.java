// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.proto.v1.EncodeHeader;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.codebook.CodebookCache;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.rpc.Admissions;
import io.github.luceneivf.server.rpc.ProtocolCheck;
import io.github.luceneivf.server.rpc.RequestException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What encode streams share: room, codebooks, threads. Thread-safe. */
public final class EncodeResources {

  /** Bytes beyond those of the largest codebook, so that a slightly larger one is named as such. */
  private static final long CODEBOOK_SLACK_BYTES = 1 << 16;

  private static final Logger LOG = LoggerFactory.getLogger(EncodeResources.class);

  private final Limits limits;
  private final Duration idle;
  private final Shared shared;
  private final VectorEncoder encoder;
  private final Admissions room;

  /**
   * What streams have in common with other services.
   *
   * @param memory reserved by each stream until it ends
   * @param codebooks known codebooks
   * @param executor runs encoders, as many as there may be streams
   * @param timer looks after streams that were opened and left alone
   * @param handoff where clients may hand files over, if anywhere
   */
  public record Shared(
      MemoryBudget memory,
      CodebookCache codebooks,
      Executor executor,
      ScheduledExecutorService timer,
      Optional<HandoffDirectory> handoff) {}

  /**
   * Creates the resources.
   *
   * @param idle longest silence of a client
   */
  public EncodeResources(Limits limits, Duration idle, Shared shared, VectorEncoder encoder) {
    this.limits = limits;
    this.idle = idle;
    this.shared = shared;
    this.encoder = encoder;
    this.room = new Admissions("encode streams", "encode", limits.maxStreams(), shared.memory());
  }

  Limits limits() {
    return limits;
  }

  Duration idle() {
    return idle;
  }

  CodebookCache codebooks() {
    return shared.codebooks();
  }

  Executor executor() {
    return shared.executor();
  }

  VectorEncoder encoder() {
    return encoder;
  }

  /**
   * Opens the file that a header names.
   *
   * @throws RequestException if no files are taken, or not this one
   */
  HandoffVectors open(EncodeHeader header) {
    HandoffDirectory directory =
        shared
            .handoff()
            .orElseThrow(
                () -> RequestException.precondition("handoff_file must be empty on this server"));
    long bytes = header.getCount() * header.getDim() * Float.BYTES;
    try {
      return new HandoffVectors(
          directory.open(header.getHandoffFile(), bytes),
          (int) header.getCount(),
          header.getDim(),
          header.getHandoffCrc32C());
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("handed-over file cannot be read");
      throw RequestException.precondition("handoff_file must be readable");
    }
  }

  /** Runs something after the longest silence of a client. */
  void afterIdle(Runnable task) {
    Future<?> _ = shared.timer().schedule(task, idle.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Returns the number of streams that are open. */
  public int open() {
    return room.open();
  }

  /**
   * Checks a header.
   *
   * @return the encoding
   * @throws RequestException if it can never work
   */
  static Encoding check(EncodeHeader header, Limits limits) {
    ProtocolCheck.require(header.getProtocolVersionValue());
    RequestException.requireRange("dim", header.getDim(), 1, limits.maxDims());
    RequestException.requireRange("count", header.getCount(), 0, Integer.MAX_VALUE);
    Encoding encoding;
    try {
      encoding = Encoding.fromWireId(header.getEncodingValue());
    } catch (IllegalArgumentException e) {
      throw RequestException.invalid(String.valueOf(e.getMessage()));
    }
    // A codebook may have sub-codebooks that this encoding does not use: PQ8 has the largest.
    long most =
        CODEBOOK_SLACK_BYTES + Codebook.maxBytes(limits.maxNlist(), header.getDim(), Encoding.PQ8);
    RequestException.requireRange(
        "codebook_bytes", header.getCodebookBytes(), 0, Math.min(most, Integer.MAX_VALUE - 8L));
    return encoding;
  }

  /**
   * Makes room for a stream.
   *
   * @param codebookBytes bytes of the codebook that comes with it
   * @throws RequestException if there is none
   */
  Admissions.Admission admit(long codebookBytes) {
    // The codebook as bytes and as floats; chunks on their way as bytes, as floats and as codes.
    return room.admit(3 * codebookBytes + 3L * EncodeStream.WINDOW * Limits.CHUNK_BYTES);
  }
}
