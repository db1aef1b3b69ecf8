// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A worker seen from the coordinator. What it prints to its standard error goes to a file. Not
 * thread-safe; the caller closes it.
 */
final class WorkerProcess implements Closeable {

  private static final int GOODBYE_SECONDS = 10;

  private final String contender;
  private final Process process;
  private final Path log;
  private final BufferedWriter jobs;
  private final BufferedReader answers;

  private WorkerProcess(String contender, Process process, Path log) {
    this.contender = contender;
    this.process = process;
    this.log = log;
    this.jobs = process.outputWriter();
    this.answers = process.inputReader();
  }

  /**
   * Starts a worker.
   *
   * @param prefix command that runs its JVM; empty for none
   * @param java options of its JVM, with its class path
   * @param vectors folder of the vectors
   * @param log where its standard error goes
   */
  static WorkerProcess start(
      List<String> prefix, String contender, List<String> java, Path vectors, Path log)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(java());
    command.addAll(java);
    command.addAll(List.of(Worker.class.getName(), contender, vectors.toString()));
    Files.createDirectories(log.toAbsolutePath().getParent());
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    return new WorkerProcess(contender, process, log);
  }

  /** Returns the command that starts a JVM like this one. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Returns the name of the contender. */
  String contender() {
    return contender;
  }

  /** Returns the process id. */
  long pid() {
    return process.pid();
  }

  /**
   * Has a job done.
   *
   * @throws WorkerException if the worker could not do it, or is gone
   */
  <A> A ask(Job<A> job) throws IOException {
    try {
      jobs.write(Wire.job(job));
      jobs.newLine();
      jobs.flush();
      String line = answers.readLine();
      if (line == null) {
        throw new WorkerException("it ended");
      }
      return Wire.readAnswer(line, job.answer());
    } catch (IOException e) {
      WorkerException told =
          new WorkerException(contender + ": " + e.getMessage() + " (its messages: " + log + ")");
      told.initCause(e);
      throw told;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      jobs.close();
      if (!process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
