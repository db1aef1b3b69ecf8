// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.cli;

import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code serve}: runs the sidecar until it is told to stop. */
@Command(
    name = "serve",
    description = "Runs the sidecar until SIGTERM; a second SIGTERM stops it at once.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address to bind (${DEFAULT-VALUE}).")
  String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + ServerConfig.DEFAULT_PORT,
      description = "Port to bind, 0 for any free one (${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = "--allow-remote-plaintext",
      description = "Bind other addresses than loopback, although nothing is encrypted.")
  boolean remotePlaintext;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Directory of this server alone; created.")
  @SuppressWarnings("NullAway.Init") // picocli sets required options
  Path data;

  @Option(
      names = "--port-file",
      paramLabel = "FILE",
      description = "File to write the port to when ready.")
  @Nullable Path portFile;

  @Option(names = "--reflection", description = "Offer gRPC reflection.")
  boolean reflection;

  @Mixin LimitOptions limits = new LimitOptions();

  @Mixin StorageOptions storage = new StorageOptions();

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    SidecarServer server = SidecarServer.start(config());
    TerminationSignal.onFirst(server::drain);
    PrintWriter out = spec.commandLine().getOut();
    if (portFile != null) {
      writeAtomically(portFile, Integer.toString(server.port()));
    }
    out.println("listening on " + host + ":" + server.port());
    out.flush();
    server.awaitTermination();
    return 0;
  }

  private ServerConfig config() throws IOException {
    if (!remotePlaintext && !InetAddress.getByName(host).isLoopbackAddress()) {
      throw new ParameterException(
          spec.commandLine(),
          "--host must be a loopback address unless --allow-remote-plaintext is given, got: "
              + host);
    }
    try {
      return new ServerConfig(
          host, port, data, reflection, limits.limits(), storage.times(), storage.storage());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static void writeAtomically(Path file, String text) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part); // what a crash left, or a link
    Files.writeString(part, text, StandardOpenOption.CREATE_NEW);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
