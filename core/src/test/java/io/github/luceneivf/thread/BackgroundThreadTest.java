// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.testdata.NiceValue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class BackgroundThreadTest {

  private static <T> T inNewThread(Callable<T> call) throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      return executor.submit(call).get();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void countsForTheThreadAndThoseItStarts() throws Exception {
    int before = NiceValue.ofCallingThread();
    int own =
        inNewThread(() -> {
          assertTrue(BackgroundThread.lowerPriority());
          assertEquals(NiceValue.ofCallingThread(), inNewThread(NiceValue::ofCallingThread));
          return NiceValue.ofCallingThread();
        });
    assertEquals(BackgroundThread.NICE, own);
    assertEquals(before, NiceValue.ofCallingThread());
    assertEquals(before, inNewThread(NiceValue::ofCallingThread));
  }

  @Test
  void virtualThreadsAreLeftAlone() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      assertFalse(executor.submit(BackgroundThread::lowerPriority).get());
    }
  }
}
