// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.server.config.ServerConfig;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the README compiles, and runs where it needs no sidecar. */
class ReadmeExampleTest {

  private static final String IMPORTS =
      """
      import io.github.luceneivf.client.*;
      import io.github.luceneivf.codebook.*;
      import io.github.luceneivf.codec.*;
      import io.github.luceneivf.codec.config.*;
      import io.github.luceneivf.hybrid.*;
      import io.github.luceneivf.probe.*;
      import io.github.luceneivf.search.*;
      import org.apache.lucene.codecs.*;
      import org.apache.lucene.codecs.lucene104.*;
      import org.apache.lucene.document.*;
      import org.apache.lucene.index.*;
      import org.apache.lucene.search.*;
      import org.apache.lucene.store.*;
      """;

  private static List<String> examples() throws IOException {
    return Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
        .matcher(readme())
        .results()
        .map((MatchResult block) -> block.group(1))
        .toList();
  }

  /** The README, the help and the code name the same port. */
  @Test
  void portIsTheDefault() throws IOException {
    String port = Integer.toString(ServerConfig.DEFAULT_PORT);
    String readme = readme();
    assertTrue(readme.contains("./ivf serve --data sidecar-data    # on port " + port));
    assertTrue(readme.contains("RemoteConfig.of(\"127.0.0.1\", " + port + ")"));
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("..", "README.md").toAbsolutePath().normalize());
  }

  private static Class<?> compile(Path folder, String name, String body) throws Exception {
    Path source = folder.resolve(name + ".java");
    Files.writeString(
        source,
        IMPORTS
            + "public class "
            + name
            + " { public static void run(Directory directory, float[] vector) throws Exception {\n"
            + body
            + "}}\n");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    boolean compiled;
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")),
                  null,
                  files.getJavaFileObjects(source))
              .call();
    }
    assertTrue(compiled, () -> body + "\n" + messages);
    ClassLoader loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, ReadmeExampleTest.class.getClassLoader());
    return loader.loadClass(name);
  }

  @Test
  void examplesCompileAndThoseWithoutASidecarRun(@TempDir Path folder) throws Exception {
    List<String> examples = examples();
    assertTrue(examples.size() >= 2, "examples: " + examples.size());
    try (Directory directory = new ByteBuffersDirectory()) {
      for (int i = 0; i < examples.size(); i++) {
        Class<?> example = compile(folder, "Example" + i, examples.get(i));
        if (!examples.get(i).contains("SidecarConnection")) {
          Method run = example.getMethod("run", Directory.class, float[].class);
          run.invoke(null, directory, new float[] {1, 2, 3});
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(1, reader.numDocs());
      }
    }
  }
}
