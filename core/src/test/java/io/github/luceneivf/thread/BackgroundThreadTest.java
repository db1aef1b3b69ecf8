package io.github.luceneivf.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class BackgroundThreadTest {

  /** Nice value of the calling thread: field 19 of its line, the name may have spaces. */
  private static int nice() throws IOException {
    String line = Files.readString(Path.of("/proc/thread-self/stat"));
    List<String> afterName = List.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
    return Integer.parseInt(afterName.get(16));
  }

  private static <T> T inNewThread(Callable<T> call) throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      return executor.submit(call).get();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void countsForTheThreadAndThoseItStarts() throws Exception {
    int before = nice();
    int own =
        inNewThread(() -> {
          assertTrue(BackgroundThread.lowerPriority());
          assertEquals(nice(), inNewThread(BackgroundThreadTest::nice));
          return nice();
        });
    assertEquals(BackgroundThread.NICE, own);
    assertEquals(before, nice());
    assertEquals(before, inNewThread(BackgroundThreadTest::nice));
  }

  @Test
  void virtualThreadsAreLeftAlone() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      assertFalse(executor.submit(BackgroundThread::lowerPriority).get());
    }
  }
}
