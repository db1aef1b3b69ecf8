// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy before a port of this machine that misbehaves when told to: at once, or after so many
 * bytes. Faults are set for a direction of all connections, those of the future too, and can be
 * changed at any time. Thread-safe; closing it ends its connections and threads.
 */
public final class FaultProxy implements Closeable {

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  /** A way through the proxy. */
  enum Direction {
    /** From clients to the server. */
    TO_SERVER,
    /** From the server to clients. */
    TO_CLIENT
  }

  private final ServerSocket listener;
  private final AtomicInteger target;
  private final Lane toServer = new Lane();
  private final Lane toClient = new Lane();
  private final List<Relay> relays = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private boolean closed;

  private FaultProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = new AtomicInteger(target);
  }

  /** Starts a proxy on a port that the system chooses. */
  public static FaultProxy start(int targetPort) throws IOException {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    FaultProxy proxy = new FaultProxy(listener, targetPort);
    proxy.run("fault-proxy-accept", proxy::accept);
    return proxy;
  }

  /** Returns the port it listens on. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Leads new connections to another port. */
  public void retarget(int port) {
    target.set(port);
  }

  /** Returns how many connections were accepted so far. */
  int accepted() {
    return accepted.get();
  }

  /** Returns how many bytes have come in from one side. */
  long received(Direction direction) {
    return lane(direction).received();
  }

  /** Sets the fault of both directions. */
  void set(Fault fault) {
    set(Direction.TO_SERVER, fault);
    set(Direction.TO_CLIENT, fault);
  }

  /** Sets the fault of a direction. */
  void set(Direction direction, Fault fault) {
    lane(direction).set(fault);
  }

  /** Does something, once, when so many more bytes have come in, before they are passed on. */
  void after(Direction direction, long bytes, Runnable action) {
    lane(direction).after(bytes, action);
  }

  /** Breaks all connections with RST. */
  void reset() {
    List<Relay> open;
    synchronized (this) {
      open = List.copyOf(relays);
    }
    open.forEach(Relay::reset);
  }

  private Lane lane(Direction direction) {
    return direction == Direction.TO_SERVER ? toServer : toClient;
  }

  private void accept() {
    while (true) {
      Socket client;
      try {
        client = listener.accept();
      } catch (IOException e) {
        return; // closed
      }
      accepted.incrementAndGet();
      Socket server = new Socket();
      try {
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target.get()));
      } catch (IOException e) {
        Relay.closeWithReset(client);
        Relay.closeWithReset(server);
        continue;
      }
      begin(new Relay(client, server));
    }
  }

  private synchronized void begin(Relay relay) {
    if (closed) {
      relay.reset();
      return;
    }
    relays.add(relay);
    run("fault-proxy-up", () -> relay.pump(toServer, Http2Bytes.ofClient(), true));
    run("fault-proxy-down", () -> relay.pump(toClient, Http2Bytes.ofServer(), false));
  }

  private synchronized void run(String name, Runnable work) {
    threads.add(Thread.ofPlatform().daemon().name(name).start(work));
  }

  /** Ends all connections, and waits for the threads. */
  @Override
  public void close() throws IOException {
    List<Thread> running;
    synchronized (this) {
      closed = true;
      running = List.copyOf(threads);
    }
    listener.close();
    reset();
    Thread stuck = null;
    for (Thread thread : running) {
      try {
        if (!thread.join(CLOSE_LIMIT)) {
          stuck = thread;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    if (stuck != null) {
      throw new IllegalStateException("does not end: " + stuck);
    }
  }
}
