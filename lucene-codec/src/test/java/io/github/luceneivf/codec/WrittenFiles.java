// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.codec.file.IvfFiles;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.StringHelper;

/**
 * What an index writer writes of vectors, as text: a line for each message of this format in the
 * info stream, without reports and their durations, and a line for each segment and format with
 * digests of its files: {@code .ivm .ivc .ivp .ivo .vec .vemf}. Of a file the id of the segment is
 * left out, which is random, and the checksum over it.
 */
final class WrittenFiles {

  private static final List<String> EXTENSIONS =
      Stream.concat(
              Arrays.stream(IvfFiles.values()).map(IvfFiles::extension), Stream.of("vec", "vemf"))
          .toList();

  /** Hex digits of a SHA-256 that are kept. */
  private static final int DIGITS = 10;

  private final List<String> told = new ArrayList<>();
  private final Map<String, Map<String, String>> digests = new HashMap<>();

  /** Wraps a directory so that no file goes unseen. */
  Directory watch(Directory directory) {
    return new FilterDirectory(directory) {
      @Override
      public void deleteFile(String file) throws IOException {
        add(in, file);
        super.deleteFile(file);
      }
    };
  }

  /** Adds the files that are left. */
  void add(Directory directory) throws IOException {
    for (String file : directory.listAll()) {
      add(directory, file);
    }
  }

  private void add(Directory directory, String file) throws IOException {
    String extension = IndexFileNames.getExtension(file);
    if (extension != null && EXTENSIONS.contains(extension)) {
      digests
          .computeIfAbsent(IndexFileNames.stripExtension(file), _ -> new HashMap<>())
          .put(extension, digest(directory, file));
    }
  }

  private static String digest(Directory directory, String file) throws IOException {
    byte[] bytes;
    int id;
    try (IndexInput in = directory.openInput(file, IOContext.READONCE)) {
      CodecUtil.readBEInt(in);
      in.readString();
      CodecUtil.readBEInt(in);
      id = (int) in.getFilePointer();
      bytes = new byte[(int) in.length()];
      in.seek(0);
      in.readBytes(bytes, 0, bytes.length);
    }
    Arrays.fill(bytes, id, id + StringHelper.ID_LENGTH, (byte) 0);
    Arrays.fill(bytes, bytes.length - Long.BYTES, bytes.length, (byte) 0);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(hash).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  InfoStream infoStream() {
    return new InfoStream() {
      @Override
      public void message(String component, String message) {
        told.add(message.replaceAll("^(trained \\w+|.*NotFoundException):.*", "$1"));
      }

      @Override
      public boolean isEnabled(String component) {
        return component.equals("IVF");
      }

      @Override
      public void close() {}
    };
  }

  /** Returns the lines, sorted: Lucene writes fields in any order. */
  List<String> lines() {
    List<String> lines = new ArrayList<>(told);
    digests.forEach((segment, files) ->
        lines.add(
            EXTENSIONS.stream()
                .map(extension -> files.getOrDefault(extension, "-"))
                .collect(
                    Collectors.joining(" ", segment.replace("IvfVectorsFormat_", "") + " ", ""))));
    Collections.sort(lines);
    return lines;
  }
}
