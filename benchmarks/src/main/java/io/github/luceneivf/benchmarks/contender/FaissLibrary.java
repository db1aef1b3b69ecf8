// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The library FAISS in this process: what is timed is its own code and a call of a C function. It
 * searches on one thread. Thread-safe, but an index is not while its parameters are set.
 */
final class FaissLibrary {

  private static final String SOURCE = "/faiss/shim.cpp";
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  private final MethodHandle error;
  private final MethodHandle build;
  private final MethodHandle open;
  private final MethodHandle set;
  private final MethodHandle search;
  private final MethodHandle close;

  private FaissLibrary(SymbolLookup symbols) throws IOException {
    MethodHandle init = function(symbols, "ivf_faiss_init", FunctionDescriptor.of(INT));
    error = function(symbols, "ivf_faiss_error", FunctionDescriptor.of(POINTER));
    build =
        function(
            symbols,
            "ivf_faiss_build",
            FunctionDescriptor.of(
                INT, POINTER, POINTER, POINTER, ValueLayout.JAVA_LONG, INT, INT, POINTER));
    open = function(symbols, "ivf_faiss_open", FunctionDescriptor.of(POINTER, POINTER));
    set = function(symbols, "ivf_faiss_set", FunctionDescriptor.of(INT, POINTER, POINTER));
    search =
        function(
            symbols,
            "ivf_faiss_search",
            FunctionDescriptor.of(INT, POINTER, POINTER, INT, POINTER, POINTER));
    close = function(symbols, "ivf_faiss_close", FunctionDescriptor.ofVoid(POINTER));
    call(() -> check((int) init.invokeExact(), "FAISS is not built as it was expected to be"));
  }

  private static MethodHandle function(
      SymbolLookup symbols, String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), descriptor);
  }

  /** Returns why FAISS cannot be used here; empty if it can. */
  static Optional<String> obstacle() {
    return NativeShim.obstacle().or(FaissWheel::obstacle);
  }

  /** Loads the library; it stays loaded. */
  static FaissLibrary load() throws IOException {
    return new FaissLibrary(NativeShim.load(SOURCE, FaissWheel.library()));
  }

  /**
   * Builds an index of all vectors and writes it to a file.
   *
   * @param description as FAISS's index factory reads it
   * @param parameters as FAISS's parameter space reads them, none if empty
   */
  void build(
      String description, String parameters, FloatRows vectors, boolean innerProduct, Path file)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment what = arena.allocateFrom(description);
      MemorySegment how = arena.allocateFrom(parameters);
      MemorySegment name = arena.allocateFrom(file.toString());
      call(() ->
          check(
              (int)
                  build.invokeExact(
                      what,
                      how,
                      vectors.memory(),
                      (long) vectors.rows(),
                      vectors.dim(),
                      innerProduct ? 1 : 0,
                      name),
              "FAISS could not build " + description + " " + parameters));
    }
  }

  /** Reads an index; {@link #close} frees it. */
  MemorySegment open(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(file.toString());
      MemorySegment[] index = new MemorySegment[1];
      call(() -> {
        index[0] = (MemorySegment) open.invokeExact(name);
        check(index[0].address() == 0 ? 1 : 0, "FAISS could not read " + file);
      });
      return index[0];
    }
  }

  /** Sets parameters of the searches of an index. */
  void set(MemorySegment index, String parameters) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment how = arena.allocateFrom(parameters);
      call(() -> check((int) set.invokeExact(index, how), "FAISS could not set " + parameters));
    }
  }

  /**
   * Searches for the nearest of one query.
   *
   * @param query [dim] floats
   * @param ids [k] longs, filled; −1 where fewer were found
   * @param scores [k] floats, filled
   */
  void search(MemorySegment index, MemorySegment query, MemorySegment ids, MemorySegment scores)
      throws IOException {
    int k = (int) (ids.byteSize() / Long.BYTES);
    call(() ->
        check((int) search.invokeExact(index, query, k, ids, scores), "FAISS could not search"));
  }

  /** Frees an index. */
  void close(MemorySegment index) throws IOException {
    call(() -> {
      close.invokeExact(index); // as a statement: its type is that of the function
    });
  }

  /** Calls a C function; a method handle declares that it may throw anything. */
  private interface Call {
    void run() throws Throwable;
  }

  private static void call(Call call) throws IOException {
    try {
      call.run();
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a C function threw", e);
    }
  }

  private void check(int status, String message) throws Throwable {
    if (status != 0) {
      MemorySegment why = (MemorySegment) error.invokeExact();
      throw new IOException(message + ": " + why.reinterpret(Long.MAX_VALUE).getString(0));
    }
  }
}
