// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A C interface to a C++ library, compiled from a resource when it is first needed. */
final class NativeShim {

  private static final List<String> COMPILER =
      List.of("c++", "-std=c++17", "-O2", "-shared", "-fPIC");

  private NativeShim() {}

  /** Returns why nothing can be compiled here; empty if it can. */
  static Optional<String> obstacle() {
    boolean compiler =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "c++")));
    return compiler ? Optional.empty() : Optional.of("there is no C++ compiler");
  }

  /**
   * Compiles a shim and loads it, with the library; both stay loaded.
   *
   * @param source resource
   * @param library that it calls
   */
  static SymbolLookup load(String source, Path library) throws IOException {
    Path folder = Files.createTempDirectory("ivf-shim-");
    Path text = folder.resolve("shim.cpp");
    Path shim = folder.resolve("libshim.so");
    try {
      try (InputStream resource = NativeShim.class.getResourceAsStream(source)) {
        if (resource == null) {
          throw new IOException(source + " must be on the class path");
        }
        Files.copy(resource, text);
      }
      List<String> command = new ArrayList<>(COMPILER);
      command.addAll(List.of("-o", shim.toString(), text.toString(), library.toString()));
      command.addAll(
          List.of("-Wl,-rpath," + library.getParent(), "-Wl,--allow-shlib-undefined", "-ldl"));
      run(command);
      return SymbolLookup.libraryLookup(shim, Arena.global());
    } finally {
      // A library that is loaded needs no name.
      Files.deleteIfExists(shim);
      Files.deleteIfExists(text);
      Files.delete(folder);
    }
  }

  /**
   * Runs a program to its end.
   *
   * @throws IOException with what it printed if it fails
   */
  static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed;
    try (InputStream output = process.getInputStream()) {
      printed = new String(output.readAllBytes(), StandardCharsets.UTF_8);
    }
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            String.join(" ", command) + " failed with status " + status + ": " + printed.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while running " + command.getFirst(), e);
    }
  }
}
