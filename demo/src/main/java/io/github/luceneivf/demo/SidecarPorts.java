// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.client.FallbackEncoder;
import io.github.luceneivf.client.FallbackTrainer;
import io.github.luceneivf.client.RemoteCodebookTrainer;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.codebook.CodebookSource;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codec.config.Ports;
import java.io.Closeable;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The ports of an index that let the sidecar work, with in-process fallbacks, each call logged.
 * Thread-safe; the caller closes it after the index.
 */
final class SidecarPorts implements Closeable {

  private final SidecarConnection connection;
  private final AtomicReference<TrainedCodebook> trained = new AtomicReference<>();
  private final Ports ports;

  private SidecarPorts(SidecarConnection connection, MergeLog log) {
    this.connection = connection;
    this.ports =
        new Ports(
            new FallbackTrainer(
                ObservedPorts.observe(
                    new RemoteCodebookTrainer(connection),
                    PortCall.Place.SIDECAR,
                    log::add,
                    trained::set),
                ObservedPorts.observe(
                    new LocalCodebookTrainer(), PortCall.Place.IN_PROCESS, log::add, trained::set)),
            new FallbackEncoder(
                ObservedPorts.observe(
                    new RemoteVectorEncoder(connection), PortCall.Place.SIDECAR, log::add),
                ObservedPorts.observe(
                    new LocalVectorEncoder(), PortCall.Place.IN_PROCESS, log::add)),
            CodebookSource.NONE,
            log);
  }

  /** Makes ports for a sidecar on loopback. */
  static SidecarPorts connect(int port, MergeLog log) {
    return new SidecarPorts(SidecarConnection.open(RemoteConfig.of("127.0.0.1", port)), log);
  }

  /** Returns the ports. */
  Ports ports() {
    return ports;
  }

  /** Returns the codebook trained last, wherever. */
  Optional<TrainedCodebook> trained() {
    return Optional.ofNullable(trained.get());
  }

  @Override
  public void close() {
    connection.close();
  }
}
