// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.it.fault.FaultProxy.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proxy itself: every fault does what it says. */
class FaultProxyTest {

  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  private static final int LIMIT_MILLIS = 10_000;

  private ServerSocket target;
  private FaultProxy proxy;
  private Socket client;
  private Socket server;

  @BeforeEach
  void connect() throws IOException {
    target = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    proxy = FaultProxy.start(target.getLocalPort());
    client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    server = target.accept();
    client.setSoTimeout(LIMIT_MILLIS);
    server.setSoTimeout(LIMIT_MILLIS);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
    proxy.close();
    target.close();
  }

  private static void send(Socket to, byte[] bytes) throws IOException {
    to.getOutputStream().write(bytes);
  }

  private static byte[] receive(Socket from, int count) throws IOException {
    return from.getInputStream().readNBytes(count);
  }

  @Test
  void bytesPassBothWays() throws IOException {
    send(client, HELLO);
    assertArrayEquals(HELLO, receive(server, HELLO.length));
    send(server, HELLO);
    assertArrayEquals(HELLO, receive(client, HELLO.length));
    assertEquals(HELLO.length, proxy.received(Direction.TO_SERVER));
    assertEquals(1, proxy.accepted());
  }

  @Test
  void blackHoleKeepsBytesUntilItEnds() throws IOException {
    proxy.set(Direction.TO_SERVER, new Fault.BlackHole());
    send(client, HELLO);
    server.setSoTimeout(200);
    assertThrows(SocketTimeoutException.class, () -> receive(server, 1));
    proxy.set(Fault.NONE);
    server.setSoTimeout(LIMIT_MILLIS);
    assertArrayEquals(HELLO, receive(server, HELLO.length));
  }

  @Test
  void delayedBytesArriveLater() throws IOException {
    proxy.set(Direction.TO_SERVER, new Fault.Delay(Duration.ofMillis(300)));
    long start = System.nanoTime();
    send(client, HELLO);
    assertArrayEquals(HELLO, receive(server, HELLO.length));
    assertTrue(System.nanoTime() - start >= Duration.ofMillis(290).toNanos());
  }

  @Test
  void throttledBytesArriveSlowly() throws IOException {
    proxy.set(Direction.TO_SERVER, new Fault.Throttle(1000));
    long start = System.nanoTime();
    send(client, new byte[500]);
    assertEquals(500, receive(server, 500).length);
    assertTrue(System.nanoTime() - start >= Duration.ofMillis(390).toNanos());
  }

  @Test
  void resetBreaksBothSides() throws IOException {
    send(client, HELLO);
    receive(server, HELLO.length); // so the proxy has both sides
    proxy.reset();
    assertThrows(SocketException.class, () -> receive(client, 1));
    assertThrows(SocketException.class, () -> receive(server, 1));
  }

  @Test
  void halfCloseEndsOneDirectionOnly() throws IOException {
    proxy.set(Direction.TO_SERVER, new Fault.HalfClose());
    send(client, HELLO);
    assertEquals(-1, server.getInputStream().read());
    send(server, HELLO);
    assertArrayEquals(HELLO, receive(client, HELLO.length));
  }

  @Test
  void halfCloseOfAPeerIsPassedOn() throws IOException {
    client.shutdownOutput();
    assertEquals(-1, server.getInputStream().read());
    send(server, HELLO);
    assertArrayEquals(HELLO, receive(client, HELLO.length));
  }

  @Test
  void triggerFiresWhenItsBytesHaveCome() throws Exception {
    CountDownLatch fired = new CountDownLatch(1);
    proxy.after(Direction.TO_SERVER, 7, fired::countDown);
    send(client, HELLO);
    receive(server, HELLO.length);
    assertEquals(1, fired.getCount());
    send(client, HELLO);
    assertTrue(fired.await(10, TimeUnit.SECONDS));
  }

  @Test
  void oneByteOfOnePartIsFlipped() throws IOException {
    byte[] frames = {
      0, 0, 3, 0, 0, 0, 0, 0, 1, 'a', 'b', 'c', // DATA
      0, 0, 1, 8, 0, 0, 0, 0, 1, 'x', // another type
      0, 0, 2, 0, 0, 0, 0, 0, 1, 'd', 'e'
    };
    proxy.set(Direction.TO_CLIENT, new Fault.Flip(Http2Bytes.Part.DATA, 3, 0));
    send(server, frames);
    byte[] expected = frames.clone();
    expected[expected.length - 2] ^= 1; // 'd', the fourth byte of DATA
    assertArrayEquals(expected, receive(client, frames.length));
    proxy.set(Direction.TO_CLIENT, new Fault.Flip(Http2Bytes.Part.FRAME_HEADER, 12, 0));
    send(server, frames);
    expected = frames.clone();
    expected[15] ^= 1; // the type of the second frame
    assertArrayEquals(expected, receive(client, frames.length));
  }

  @Test
  void closingEndsConnectionsThatAreHeldUp() throws IOException {
    proxy.set(new Fault.BlackHole());
    send(client, HELLO);
    proxy.close();
    assertThrows(SocketException.class, () -> receive(client, 1));
    assertFalse(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.getName().startsWith("fault-proxy")));
  }

  @Test
  void deadTargetBreaksNewConnections() throws IOException {
    target.close();
    try (Socket late = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      assertThrows(SocketException.class, () -> receive(late, 1));
    }
  }
}
