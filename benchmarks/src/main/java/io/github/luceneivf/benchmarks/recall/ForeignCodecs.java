// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.DocValuesFormat;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.PostingsFormat;

/** Codecs and formats of users, which Lucene finds by the names that an index tells. Stateless. */
final class ForeignCodecs {

  private ForeignCodecs() {}

  /**
   * Makes them known to Lucene, for the life of this process.
   *
   * @param classPath jars and folders, separated as the platform does
   * @throws RecallException if one is not there
   */
  static void load(String classPath) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      Path file = Path.of(entry);
      if (entry.isEmpty() || !Files.exists(file)) {
        throw new RecallException("--class-path must have files that exist, got: " + entry);
      }
      urls.add(url(file));
    }
    ClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ForeignCodecs.class.getClassLoader());
    Codec.reloadCodecs(loader);
    KnnVectorsFormat.reloadKnnVectorsFormat(loader);
    PostingsFormat.reloadPostingsFormats(loader);
    DocValuesFormat.reloadDocValuesFormats(loader);
  }

  private static URL url(Path file) throws MalformedURLException {
    return file.toUri().toURL();
  }
}
