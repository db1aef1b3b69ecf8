// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What a folder with a generated set holds.
 *
 * @param recipe how it was made, to be made anew when recipes change
 * @param checksums CRC-32C of each file, in hexadecimal digits, by name
 */
record Manifest(String recipe, Map<String, String> checksums) {

  static final String FILE = "manifest.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long CHUNK = 1L << 30;

  /** Sums up every file of a folder and leaves the manifest beside them. */
  static void write(Path folder, String recipe) throws IOException {
    Map<String, String> checksums = new TreeMap<>();
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        checksums.put(String.valueOf(file.getFileName()), checksum(file));
      }
    }
    Path to = folder.resolve(FILE);
    JSON.writerWithDefaultPrettyPrinter().writeValue(to.toFile(), new Manifest(recipe, checksums));
  }

  static Manifest read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    try {
      return JSON.readValue(file.toFile(), Manifest.class);
    } catch (JsonProcessingException e) {
      DataFileException wrong =
          DataFileException.of(file, "must be a manifest", e.getOriginalMessage());
      wrong.initCause(e);
      throw wrong;
    }
  }

  /**
   * Returns a file of the folder after its checksum was found right.
   *
   * @throws DataFileException if it is another, or the manifest does not name the file
   */
  Path verified(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    String expected = checksums.get(name);
    String got = checksum(file);
    if (!got.equals(expected)) {
      throw DataFileException.of(file, "CRC-32C must be " + expected, got);
    }
    return file;
  }

  private static String checksum(Path file) throws IOException {
    MappedFile mapped = MappedFile.open(file);
    CRC32C sum = new CRC32C();
    for (long at = 0; at < mapped.size(); at += CHUNK) {
      long length = Math.min(CHUNK, mapped.size() - at);
      sum.update(mapped.bytes().asSlice(at, length).asByteBuffer());
    }
    return "%08x".formatted(sum.getValue());
  }
}
