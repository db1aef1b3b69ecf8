// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** One connection through a {@link FaultProxy}. Each direction has a thread of its own. */
final class Relay {

  private static final int BUFFER_BYTES = 8 << 10;
  private static final int TICK_MILLIS = 100;

  private final Socket client;
  private final Socket server;
  private volatile boolean closed;
  private volatile Lane[] lanes = {};

  Relay(Socket client, Socket server) {
    this.client = client;
    this.server = server;
  }

  boolean isClosed() {
    return closed;
  }

  /** Breaks the connection both ways. */
  void reset() {
    closed = true;
    closeWithReset(client);
    closeWithReset(server);
    for (Lane lane : lanes) {
      lane.wake();
    }
  }

  static void closeWithReset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // closed already
    }
    try {
      socket.close();
    } catch (IOException e) {
      // nothing can be done
    }
  }

  private synchronized void join(Lane lane) {
    Lane[] more = java.util.Arrays.copyOf(lanes, lanes.length + 1);
    more[lanes.length] = lane;
    lanes = more;
  }

  /** Passes bytes on until one side ends. */
  void pump(Lane lane, Http2Bytes reader, boolean up) {
    join(lane);
    Socket from = up ? client : server;
    Socket to = up ? server : client;
    Flipper flipper = new Flipper(reader);
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      OutputStream out = to.getOutputStream();
      boolean ended = false;
      while (!closed) {
        int count = from.getInputStream().read(buffer);
        if (count < 0) {
          to.shutdownOutput();
          return;
        }
        Lane.Setting setting = lane.receive(count);
        flipper.pass(setting, buffer, count);
        if (!ended) {
          ended = !deliver(lane, setting, buffer, count, to, out);
        }
      }
    } catch (IOException e) {
      reset(); // one side broke: so does the other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reset();
    }
  }

  /** Passes a buffer on as the fault wants it; returns whether more may follow. */
  private boolean deliver(
      Lane lane, Lane.Setting first, byte[] buffer, int count, Socket to, OutputStream out)
      throws IOException, InterruptedException {
    Lane.Setting setting = first;
    int at = 0;
    while (at < count && !closed) {
      switch (setting.fault()) {
        case Fault.Pass _, Fault.Flip _ -> {
          out.write(buffer, at, count - at);
          return true;
        }
        case Fault.Delay delay -> {
          lane.pause(Math.max(1, delay.by().toMillis()), setting, this);
          out.write(buffer, at, count - at);
          return true;
        }
        case Fault.Throttle throttle -> {
          int some =
              Math.min(count - at, Math.max(1, throttle.bytesPerSecond() * TICK_MILLIS / 1000));
          lane.pause(TICK_MILLIS, setting, this);
          out.write(buffer, at, some);
          at += some;
        }
        case Fault.BlackHole _ -> lane.pause(0, setting, this);
        case Fault.HalfClose _ -> {
          to.shutdownOutput();
          return false;
        }
        case Fault.Reset _ -> {
          reset();
          return false;
        }
      }
      setting = lane.setting();
    }
    return true;
  }
}
