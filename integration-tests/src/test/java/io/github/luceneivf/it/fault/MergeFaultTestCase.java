// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import io.github.luceneivf.it.fault.FaultProxy.Direction;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Merges by a sidecar to which something happens; none leaves threads or buffers behind. */
abstract class MergeFaultTestCase {

  /** In the middle of a sample, or of a stream of vectors: each has {@code N * DIM} floats. */
  static final long MIDDLE = (long) MergeLab.N * MergeLab.DIM * Float.BYTES / 4;

  static MergeLab lab;
  private static Leaks leaks;

  @TempDir Path data;

  @BeforeAll
  static void prepare() throws IOException {
    lab = new MergeLab();
    leaks = Leaks.watch();
  }

  @AfterAll
  static void nothingStays() throws Exception {
    leaks.assertNone("ivf-", "grpc-", "fault-", "Lucene Merge");
    Leaks.assertNoBufferInUse();
  }

  /** When it happens: each in the middle. */
  enum Moment {
    UPLOAD,
    TRAINING,
    ENCODING
  }

  /** Has something done at a moment of the next merge. */
  static void arm(Sidecar sidecar, FaultProxy proxy, Moment moment, Runnable what) {
    switch (moment) {
      case UPLOAD -> proxy.after(Direction.TO_SERVER, MIDDLE, what);
      case TRAINING -> sidecar.whileTraining(what);
      case ENCODING -> sidecar.beforeEncoding(() -> proxy.after(Direction.TO_SERVER, MIDDLE, what));
    }
  }
}
