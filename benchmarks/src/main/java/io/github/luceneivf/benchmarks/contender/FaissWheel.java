// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.lucene.util.IOUtils;

/**
 * FAISS as its makers compile it: the library in their wheel on PyPI, with code for each
 * instruction set. Fetched with pip when it is asked for, and kept in the user's cache.
 */
public final class FaissWheel {

  /** What is compared with. */
  static final String VERSION = "1.15.1";

  private static final String LIBRARY = "faiss/libfaiss.so";
  private static final String ITS_LIBRARIES = "faiss_cpu.libs/";

  private FaissWheel() {}

  /** Returns where the library is, once it is fetched. */
  static Path library() {
    return folder().resolve(LIBRARY);
  }

  private static Path folder() {
    return Path.of(System.getProperty("user.home"), ".cache", "lucene-ivf", "faiss-" + VERSION);
  }

  /** Returns why it cannot be used; empty if it can. */
  static Optional<String> obstacle() {
    return Files.exists(library())
        ? Optional.empty()
        : Optional.of("FAISS " + VERSION + " is not here; ivf bench --faiss fetches it");
  }

  /**
   * Fetches the library, unless it is there.
   *
   * @throws IOException with what pip printed if that fails
   */
  public static void fetch() throws IOException {
    if (!Files.exists(library())) {
      fetch(folder());
    }
  }

  private static void fetch(Path folder) throws IOException {
    Files.createDirectories(folder.getParent());
    Path fetched = Files.createTempDirectory(folder.getParent(), "fetching-");
    try {
      NativeShim.run(
          List.of(
              "python3",
              "-m",
              "pip",
              "download",
              "--no-deps",
              "--only-binary=:all:",
              "--dest",
              fetched.toString(),
              "faiss-cpu==" + VERSION));
      Path unpacked = Files.createDirectory(fetched.resolve("unpacked"));
      unpack(wheel(fetched), unpacked);
      Files.move(unpacked, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.exists(library())) { // otherwise another process was faster
        throw e;
      }
    } finally {
      IOUtils.rm(fetched);
    }
  }

  private static Path wheel(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".whl"))
          .findFirst()
          .orElseThrow(() -> new IOException("pip left no wheel in " + folder));
    }
  }

  private static void unpack(Path wheel, Path to) throws IOException {
    try (InputStream bytes = Files.newInputStream(wheel);
        ZipInputStream entries = new ZipInputStream(bytes)) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; ) {
        Path file = to.resolve(entry.getName()).normalize();
        boolean wanted =
            entry.getName().equals(LIBRARY) || entry.getName().startsWith(ITS_LIBRARIES);
        if (wanted && !entry.isDirectory() && file.startsWith(to)) {
          Files.createDirectories(file.getParent());
          Files.copy(entries, file);
        }
        entry = entries.getNextEntry();
      }
    }
    if (!Files.exists(to.resolve(LIBRARY))) {
      throw new IOException(wheel.getFileName() + " must hold " + LIBRARY);
    }
  }
}
