// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import picocli.CommandLine;

class BuildVersionTest {

  @Test
  void versionIsThatOfTheBuild() throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of("pom.xml").toFile());
    String version = XPathFactory.newInstance().newXPath().evaluate("/project/parent/version", pom);
    StringWriter out = new StringWriter();
    CommandLine command = IvfServer.commandLine().setOut(new PrintWriter(out, true));
    assertEquals(0, command.execute("--version"));
    assertEquals("lucene-ivf " + version, out.toString().strip());
  }
}
