package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.testdata.NiceValue;
import io.github.luceneivf.thread.BackgroundThread;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class SidecarConnectionTest {

  @Test
  @EnabledOnOs(OS.LINUX)
  void itsThreadsGiveWayToSearches() throws Exception {
    CompletableFuture<Integer> nice = new CompletableFuture<>();
    Thread thread =
        SidecarConnection.factory("transport")
            .newThread(() -> nice.complete(NiceValue.ofCallingThread()));
    thread.start();
    thread.join();
    assertEquals(BackgroundThread.NICE, nice.getNow(0));
  }
}
