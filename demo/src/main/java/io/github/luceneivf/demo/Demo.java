// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.server.cli.BuildVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./ivf demo}: the command line of the demo. */
@Command(
    name = "ivf demo",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    sortOptions = false,
    usageHelpWidth = 100,
    description = {
      "Indexes WordNet's glosses with the training sidecar, searches them by keyword, vector and"
          + " both, and measures recall and latency beside exact search and HNSW.",
      ""
    })
public final class Demo implements Callable<Integer> {

  private static final int ALL = Integer.MAX_VALUE;

  /** Kept so that the level set on it is not lost with it. */
  private static final Logger LUCENE = Logger.getLogger("org.apache.lucene");

  @Option(
      names = "--docs",
      paramLabel = "N|all",
      defaultValue = "20000",
      converter = DocsConverter.class,
      description = "documents to index, at least 2000; all is 117,291 (default: 20000)")
  private int docs;

  @Option(
      names = "--query",
      paramLabel = "TEXT",
      description = "a query of your own, answered after the built-in ones; may be repeated")
  private List<String> queries = new ArrayList<>();

  @Option(
      names = "--nprobe",
      paramLabel = "N",
      description = "posting lists to probe (default: what the training's calibration proposes)")
  private @Nullable Integer nprobe;

  @Option(names = "--json", paramLabel = "FILE", description = "write the figures to this file")
  private @Nullable Path json;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "${sys:ivf.home:-.}/.ivf/demo",
      description = "folder for indexes, cached embeddings and logs (default: .ivf/demo)")
  private @Nullable Path work;

  private Demo() {}

  /** Runs the demo and exits: 0 if all went well, 1 if it did not, 2 for wrong arguments. */
  public static void main(String[] args) {
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty("logback.configurationFile", "logback-demo.xml");
    }
    LUCENE.setLevel(Level.WARNING);
    CommandLine command = new CommandLine(new Demo());
    command.setExecutionExceptionHandler((e, cmd, _) -> failed(e, cmd));
    command.setParameterExceptionHandler(Demo::misused);
    System.exit(command.execute(args));
  }

  @Override
  public Integer call() throws IOException, DemoException {
    Path folder = Optional.ofNullable(work).orElse(Path.of(".ivf", "demo"));
    DemoSettings settings;
    try {
      settings =
          new DemoSettings(
              folder.toAbsolutePath().normalize(),
              docs,
              queries,
              Optional.ofNullable(json),
              nprobe == null ? OptionalInt.empty() : OptionalInt.of(nprobe));
    } catch (IllegalArgumentException e) {
      throw new DemoException("--" + e.getMessage(), e);
    }
    new DemoRun(settings, Screen.ofProcess(System.getenv())).run();
    return 0;
  }

  private static int misused(CommandLine.ParameterException e, String[] args) {
    e.getCommandLine().getErr().println("ivf demo: " + e.getMessage() + " (--help shows all)");
    return 2;
  }

  /** Says in one sentence what went wrong; the details go to a file. */
  private static int failed(Exception e, CommandLine command) throws IOException {
    PrintWriter err = command.getErr();
    err.println("ivf demo: " + sentence(e));
    if (!(e instanceof DemoException)) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      Path details = Files.createTempFile("ivf-demo-", ".log");
      Files.writeString(details, trace.toString());
      err.println("Details: " + details);
    }
    return 1;
  }

  private static String sentence(Exception e) {
    return switch (e) {
      case DemoException ours -> String.valueOf(ours.getMessage());
      case FileSystemException disk ->
          "cannot use "
              + disk.getFile()
              + ": "
              + Optional.ofNullable(disk.getReason()).orElse(disk.getClass().getSimpleName());
      default -> Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    };
  }

  /** Reads a number of documents, or {@code all}. */
  static final class DocsConverter implements CommandLine.ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      try {
        return value.equals("all") ? ALL : Integer.parseInt(value.replace("_", ""));
      } catch (NumberFormatException e) {
        throw new CommandLine.TypeConversionException(
            "must be a number or \"all\", got: \"" + value + "\"");
      }
    }
  }
}
