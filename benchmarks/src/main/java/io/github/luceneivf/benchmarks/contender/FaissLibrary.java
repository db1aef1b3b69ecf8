// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * FAISS as installed on this machine, through a shim that is compiled when it is first needed.
 * Thread-safe.
 */
final class FaissLibrary {

  private static final Path HEADER = Path.of("/usr/include/faiss/IndexIVFFlat.h");
  private static final String SOURCE = "/faiss/shim.cpp";
  private static final List<String> COMPILER =
      List.of("c++", "-std=c++17", "-O3", "-march=native", "-shared", "-fPIC", "-fopenmp");
  private static final List<String> LIBRARIES =
      List.of("-Wl,--allow-multiple-definition", "-lfaiss", "-lblas", "-llapack");

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  private final MethodHandle build;
  private final MethodHandle open;
  private final MethodHandle search;
  private final MethodHandle close;

  private FaissLibrary(SymbolLookup symbols) {
    build =
        function(
            symbols,
            "ivf_faiss_build",
            FunctionDescriptor.of(INT, POINTER, ValueLayout.JAVA_LONG, INT, INT, INT, POINTER));
    open = function(symbols, "ivf_faiss_open", FunctionDescriptor.of(POINTER, POINTER));
    search =
        function(
            symbols,
            "ivf_faiss_search",
            FunctionDescriptor.of(INT, POINTER, POINTER, INT, INT, POINTER, POINTER));
    close = function(symbols, "ivf_faiss_close", FunctionDescriptor.ofVoid(POINTER));
  }

  private static MethodHandle function(
      SymbolLookup symbols, String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), descriptor);
  }

  /** Returns why FAISS cannot be used here; empty if it can. */
  static Optional<String> obstacle() {
    if (!Files.exists(HEADER)) {
      return Optional.of("libfaiss-dev is not installed");
    }
    boolean compiler =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "c++")));
    return compiler ? Optional.empty() : Optional.of("there is no C++ compiler");
  }

  /** Compiles the shim and loads it; it stays loaded. */
  static FaissLibrary load() throws IOException {
    Path folder = Files.createTempDirectory("ivf-faiss-");
    Path source = folder.resolve("shim.cpp");
    Path library = folder.resolve("libshim.so");
    try {
      compile(source, library);
      return new FaissLibrary(SymbolLookup.libraryLookup(library, Arena.global()));
    } finally {
      // A library that is loaded needs no name.
      Files.deleteIfExists(library);
      Files.deleteIfExists(source);
      Files.delete(folder);
    }
  }

  private static void compile(Path source, Path library) throws IOException {
    try (InputStream text = FaissLibrary.class.getResourceAsStream(SOURCE)) {
      if (text == null) {
        throw new IOException(SOURCE + " must be on the class path");
      }
      Files.copy(text, source, StandardCopyOption.REPLACE_EXISTING);
    }
    List<String> command = new ArrayList<>(COMPILER);
    command.addAll(List.of("-o", library.toString(), source.toString()));
    command.addAll(LIBRARIES);
    Process compiler =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      int status = compiler.waitFor();
      if (status != 0) {
        throw new IOException(String.join(" ", command) + " failed with status " + status);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while compiling " + SOURCE, e);
    }
  }

  /** Builds an index of all vectors and writes it to a file. */
  void build(FloatRows vectors, int nlist, boolean innerProduct, Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(file.toString());
      check(
          (int)
              build.invokeExact(
                  vectors.memory(),
                  (long) vectors.rows(),
                  vectors.dim(),
                  nlist,
                  innerProduct ? 1 : 0,
                  name),
          "FAISS could not build " + file);
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a C function threw", e);
    }
  }

  /** Reads an index; {@link #close} frees it. */
  MemorySegment open(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment index = (MemorySegment) open.invokeExact(arena.allocateFrom(file.toString()));
      check(index.address() == 0 ? 1 : 0, "FAISS could not read " + file);
      return index;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a C function threw", e);
    }
  }

  /**
   * Searches for the nearest of one query.
   *
   * @param query [dim] floats
   * @param ids [k] longs, filled; −1 where fewer were found
   * @param scores [k] floats, filled
   */
  void search(
      MemorySegment index, MemorySegment query, int nprobe, MemorySegment ids, MemorySegment scores)
      throws IOException {
    try {
      int k = (int) (ids.byteSize() / Long.BYTES);
      check(
          (int) search.invokeExact(index, query, k, nprobe, ids, scores), "FAISS could not search");
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a C function threw", e);
    }
  }

  /** Frees an index. */
  void close(MemorySegment index) {
    try {
      close.invokeExact(index);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a C function threw", e);
    }
  }

  private static void check(int status, String message) throws IOException {
    if (status != 0) {
      throw new IOException(message);
    }
  }
}
