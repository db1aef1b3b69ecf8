// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.profile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Stacks of one thread, from a recording.
 *
 * @param event name of the events they were taken from
 * @param stacks innermost frame first
 */
record Samples(String event, List<List<Frame>> stacks) {

  /** Samples by CPU time; only JDK 25 and later on Linux take them. */
  static final String CPU_TIME = "jdk.CPUTimeSample";

  /** Samples by the clock, of threads that run. */
  static final String EXECUTION = "jdk.ExecutionSample";

  /** Reads the samples of a thread, those by CPU time if there are any. */
  static Samples read(Path recording, String thread) throws IOException {
    List<List<Frame>> cpu = new ArrayList<>();
    List<List<Frame>> execution = new ArrayList<>();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        switch (event.getEventType().getName()) {
          case CPU_TIME -> add(event, event.getThread("eventThread"), thread, cpu);
          case EXECUTION -> add(event, event.getThread("sampledThread"), thread, execution);
          default -> {}
        }
      }
    }
    return cpu.isEmpty() ? new Samples(EXECUTION, execution) : new Samples(CPU_TIME, cpu);
  }

  private static void add(
      RecordedEvent event, RecordedThread sampled, String thread, List<List<Frame>> to) {
    if (sampled != null && thread.equals(sampled.getJavaName()) && event.getStackTrace() != null) {
      to.add(event.getStackTrace().getFrames().stream().map(Samples::frame).toList());
    }
  }

  private static Frame frame(RecordedFrame frame) {
    return new Frame(frame.getMethod().getType().getName(), frame.getMethod().getName());
  }
}
