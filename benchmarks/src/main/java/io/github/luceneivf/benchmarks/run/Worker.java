// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Contenders;
import io.github.luceneivf.benchmarks.contender.PreparedVectors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The process of one contender: does the jobs on its standard input until that ends. */
public final class Worker {

  /** In place of a contender's name: prints the names of all and ends. */
  static final String NAMES = "--names";

  private Worker() {}

  /**
   * Runs a worker.
   *
   * @param args name of the contender, folder of the vectors; or {@link #NAMES}
   */
  public static void main(String[] args) throws IOException {
    // Libraries may print what they like, but not between the answers.
    PrintStream answers = System.out;
    System.setOut(System.err);
    if (args[0].equals(NAMES)) {
      Contenders.all().forEach(contender -> answers.println(contender.name()));
      return;
    }
    BufferedReader jobs =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (WorkerState state =
        new WorkerState(Contenders.named(args[0]), PreparedVectors.open(Path.of(args[1])))) {
      for (String line = jobs.readLine(); line != null; line = jobs.readLine()) {
        answers.println(answer(line, state));
        answers.flush();
      }
    }
  }

  private static String answer(String line, WorkerState state) throws IOException {
    try {
      return Wire.answer(Wire.readJob(line).run(state));
    } catch (IOException | RuntimeException e) {
      e.printStackTrace();
      return Wire.error(e);
    }
  }
}
