// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.netty.shaded.io.netty.buffer.ByteBufUtil;
import io.grpc.netty.shaded.io.netty.buffer.PooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * What must not stay behind: threads, and network buffers. Netty watches every buffer while this
 * class is used.
 */
final class Leaks {

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final List<String> REPORTED = new CopyOnWriteArrayList<>();

  static {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> REPORTED.add(type + ": " + records));
  }

  private final Set<Thread> before = Thread.getAllStackTraces().keySet();

  private Leaks() {}

  /** Notes what is there already. */
  static Leaks watch() {
    return new Leaks();
  }

  /** Checks that threads of some names, and all buffers of gRPC, are gone or soon will be. */
  void assertNone(String... threadNames) throws Exception {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    Set<String> stayed =
        added(threadNames).stream()
            .filter(thread -> !ended(thread, deadline))
            .map(Thread::getName)
            .collect(Collectors.toSet());
    assertEquals(Set.of(), stayed, "threads that stayed");
    assertEquals(List.of(), REPORTED, "buffers that were never released");
  }

  /** Checks that no buffer of gRPC is in use; only when nothing is connected any more. */
  static void assertNoBufferInUse() throws Exception {
    assertEquals(0, bytesInUse(), "bytes of network buffers in use");
  }

  /** Returns the bytes of buffers that gRPC has not given back. */
  static long bytesInUse() throws Exception {
    Method get =
        Class.forName("io.grpc.netty.shaded.io.grpc.netty.Utils")
            .getDeclaredMethod("getByteBufAllocator", boolean.class);
    get.setAccessible(true);
    PooledByteBufAllocator allocator = (PooledByteBufAllocator) get.invoke(null, false);
    return allocator.pinnedDirectMemory() + allocator.pinnedHeapMemory();
  }

  private Set<Thread> added(String... names) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .filter(thread -> List.of(names).stream().anyMatch(thread.getName()::startsWith))
        .collect(Collectors.toSet());
  }

  private static boolean ended(Thread thread, long deadline) {
    try {
      return thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
