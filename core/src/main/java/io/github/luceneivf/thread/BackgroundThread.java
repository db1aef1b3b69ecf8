// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.thread;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The priority of threads whose work can wait. The JVM ignores priorities of threads on Linux
 * unless it is started with a flag for it, so {@code setpriority(2)} is called there, which counts
 * for the calling thread alone, and for threads that it starts from then on. Thread-safe.
 */
public final class BackgroundThread {

  /**
   * The nice value, at least. A thread of it gets a tenth of a core that another wants as well, and
   * all of one that nobody wants.
   */
  public static final int NICE = 10;

  private static final int PRIO_PROCESS = 0;
  private static final int CALLING_THREAD = 0;
  private static final @Nullable MethodHandle SETPRIORITY = setpriority();

  private BackgroundThread() {}

  /**
   * Lowers the priority of the calling thread, for good: the operating system may not let it be
   * raised again. So it is for threads that do nothing else.
   *
   * @return whether the operating system was asked and took it
   */
  public static boolean lowerPriority() {
    Thread.currentThread().setPriority(Thread.MIN_PRIORITY);
    if (SETPRIORITY == null || Thread.currentThread().isVirtual()) {
      return false;
    }
    try {
      return (int) SETPRIORITY.invokeExact(PRIO_PROCESS, CALLING_THREAD, NICE) == 0;
    } catch (Throwable e) {
      throw new AssertionError("setpriority throws nothing", e);
    }
  }

  private static @Nullable MethodHandle setpriority() {
    // Elsewhere it would count for the whole process.
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return null;
    }
    try {
      Linker linker = Linker.nativeLinker();
      FunctionDescriptor signature =
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT);
      return linker
          .defaultLookup()
          .find("setpriority")
          .map(function -> linker.downcallHandle(function, signature))
          .orElse(null);
    } catch (IllegalCallerException | UnsupportedOperationException e) {
      System.getLogger(BackgroundThread.class.getName())
          .log(
              System.Logger.Level.INFO,
              "threads in the background keep their priority: " + e.getMessage());
      return null;
    }
  }
}
