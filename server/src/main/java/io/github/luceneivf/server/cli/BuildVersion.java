// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says, in every command of the project: the build wrote it down. */
public final class BuildVersion implements IVersionProvider {

  private static final String RESOURCE = "version.properties";

  /** Creates a provider, as commands do. */
  public BuildVersion() {}

  @Override
  public String[] getVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = BuildVersion.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException("resource is missing from the class path: " + RESOURCE);
      }
      properties.load(in);
    }
    return new String[] {"lucene-ivf " + properties.getProperty("version")};
  }
}
