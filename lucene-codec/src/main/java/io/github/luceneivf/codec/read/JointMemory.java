// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.IvfFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory outside the heap for joined lists, given back by the collector: searches may go on reading
 * after segments have changed. The collector does not see how much that is, so a process takes an
 * eighth of its largest heap at most, or 64 MB if that is more. Thread-safe.
 */
final class JointMemory {

  private static final long MOST = Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 8);

  private static final AtomicLong TAKEN = new AtomicLong();
  private static final ReferenceQueue<MemorySegment> GONE = new ReferenceQueue<>();
  private static final Set<Taken> ALL = ConcurrentHashMap.newKeySet();

  private JointMemory() {}

  /** Memory that was taken, until nobody can read it any more. */
  private static final class Taken extends PhantomReference<MemorySegment> {
    private final long bytes;

    Taken(MemorySegment memory) {
      super(memory, GONE);
      this.bytes = memory.byteSize();
    }
  }

  /** Returns the bytes that may be taken at a time. */
  static long most() {
    return MOST;
  }

  /** Takes zeroed memory; null if there is no more for now. */
  static @Nullable MemorySegment take(long bytes) {
    for (Reference<?> gone = GONE.poll(); gone != null; gone = GONE.poll()) {
      if (gone instanceof Taken taken && ALL.remove(taken)) {
        TAKEN.addAndGet(-taken.bytes);
      }
    }
    if (TAKEN.addAndGet(bytes) > MOST) {
      TAKEN.addAndGet(-bytes);
      return null;
    }
    MemorySegment memory = Arena.ofAuto().allocate(bytes, IvfFiles.ALIGNMENT);
    ALL.add(new Taken(memory));
    return memory;
  }
}
