// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * Flushes and merges write the bytes that they once wrote, and say the same of it: twenty lives of
 * an index against a recording. Whatever the machine and the width of its vectors. Where a change
 * of bytes is wanted, {@code -Divf.record=true} records them anew.
 */
public class TestWrittenBytes extends LuceneTestCase {

  private static final int LIVES = 20;
  private static final String RECORDING = "written-bytes.txt";

  @Override
  public void setUp() throws Exception {
    super.setUp();
    Locale.setDefault(Locale.ROOT); // messages have numbers; restored by the test framework
  }

  public void testFilesAndMessagesAreThoseRecorded() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int seed = 0; seed < LIVES; seed++) {
      lines.add("life " + seed);
      lines.addAll(new IndexLife(seed).live());
    }
    if (Boolean.getBoolean("ivf.record")) {
      Files.write(Path.of("src/test/resources", RECORDING), lines);
      return;
    }
    List<String> recorded = recorded();
    for (int i = 0; i < Math.min(lines.size(), recorded.size()); i++) {
      assertEquals("line " + (i + 1), recorded.get(i), lines.get(i));
    }
    assertEquals("lines", recorded.size(), lines.size());
  }

  /** A recording that lacks a kind of flush or merge would hold nothing. */
  public void testRecordingHasEverythingThatIsDone() throws Exception {
    String all = String.join("\n", recorded());
    for (String kind :
        List.of(
            "FLUSH EXACT \\(",
            "FLUSH ONE_LIST \\(.* are too few to train with",
            "FLUSH ONE_LIST \\(.* are too few for .* lists",
            "FLUSH ONE_LIST \\(training is left to a merge",
            "FLUSH ASSIGN \\(",
            "FLUSH TRAIN \\(",
            "MERGE EXACT \\(",
            "MERGE ONE_LIST \\(",
            "MERGE ASSIGN \\(",
            "MERGE COPY \\(",
            "MERGE REASSIGN \\(",
            "MERGE TRAIN \\(no codebook known",
            "MERGE TRAIN \\(.* are over 3.5 times",
            "MERGE TRAIN \\(.* vectors want .* lists",
            "MERGE TRAIN \\(energy is",
            "MERGE TRAIN \\(imbalance is")) {
      String line = kind.replaceFirst("^(\\w+)", "$1 _\\\\w+ field=.*:");
      assertTrue(line, Pattern.compile(line).matcher(all).find());
    }
  }

  private static List<String> recorded() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(TestWrittenBytes.class.getResourceAsStream("/" + RECORDING))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
