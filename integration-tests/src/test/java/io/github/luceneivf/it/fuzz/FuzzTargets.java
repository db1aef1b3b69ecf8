// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** What is fuzzed, each with inputs to begin with. */
enum FuzzTargets {
  SEGMENT(SegmentTarget.class, SegmentTarget::fuzzerTestOneInput, SegmentTarget::seeds),
  DECODER(DecoderTarget.class, DecoderTarget::fuzzerTestOneInput, DecoderTarget::seeds),
  SIDECAR(SidecarTarget.class, SidecarTarget::fuzzerTestOneInput, SidecarTarget::seeds);

  private final Class<?> type;
  private final Target target;
  private final Supplier<List<byte[]>> seeds;

  /** One run of a target. */
  @FunctionalInterface
  interface Target {
    /** Throws what must not happen. */
    void run(byte[] input) throws Exception;
  }

  FuzzTargets(Class<?> type, Target target, Supplier<List<byte[]>> seeds) {
    this.type = type;
    this.target = target;
    this.seeds = seeds;
  }

  /** Returns the class that a fuzzer runs. */
  Class<?> type() {
    return type;
  }

  /** Runs one input. */
  void run(byte[] input) throws Exception {
    target.run(input);
  }

  /** Returns inputs that are right. */
  List<byte[]> seeds() {
    return seeds.get();
  }

  /** Writes the seeds into a directory, a file each. */
  void writeSeeds(Path directory) throws IOException {
    Files.createDirectories(directory);
    int number = 0;
    for (byte[] seed : seeds()) {
      Files.write(directory.resolve("seed-" + number++), seed);
    }
  }
}
