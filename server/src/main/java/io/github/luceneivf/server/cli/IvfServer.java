// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** Main class of the sidecar. */
@Command(
    name = "ivf",
    description = "Sidecar of lucene-ivf: trains codebooks and encodes vectors for merges.",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ServeCommand.class, HelpCommand.class})
public final class IvfServer {

  private IvfServer() {}

  /** Runs a command and exits with its status: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new IvfServer())
        .registerConverter(ByteSize.class, ByteSize::parse)
        .registerConverter(Interval.class, Interval::parse)
        .setExecutionExceptionHandler((failure, command, parsed) -> {
          command.getErr().println("error: " + text(failure));
          return 1;
        });
  }

  /** What a file system refused; its exceptions often say no more than a path. */
  private static String text(Exception failure) {
    return switch (failure) {
      case NoSuchFileException e -> "no such file or directory: " + e.getFile();
      case AccessDeniedException e -> "permission denied: " + e.getFile();
      case FileSystemException e when e.getReason() == null ->
          "file cannot be used: " + e.getFile();
      default -> String.valueOf(failure.getMessage());
    };
  }
}
