// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import static io.github.luceneivf.server.codebook.CodebookCalls.FIELD;
import static io.github.luceneivf.server.codebook.CodebookCalls.INDEX;
import static io.github.luceneivf.server.codebook.CodebookCalls.codebook;
import static io.github.luceneivf.server.codebook.CodebookCalls.drift;
import static io.github.luceneivf.server.codebook.CodebookCalls.fetch;
import static io.github.luceneivf.server.codebook.CodebookCalls.fetchStatus;
import static io.github.luceneivf.server.codebook.CodebookCalls.header;
import static io.github.luceneivf.server.codebook.CodebookCalls.list;
import static io.github.luceneivf.server.codebook.CodebookCalls.publish;
import static io.github.luceneivf.server.codebook.CodebookCalls.refusal;
import static io.github.luceneivf.server.codebook.CodebookCalls.report;
import static io.github.luceneivf.server.codebook.CodebookCalls.request;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.ListCodebooksRequest;
import io.github.luceneivf.proto.v1.PublishedCodebook;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.storage.RecordFile;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folders of codebooks, and what may lie in them. */
class CodebookFolderTest {

  @TempDir Path data;
  @TempDir Path foreign;

  private Path field(String name) {
    return data.resolve("codebooks").resolve(INDEX).resolve(name);
  }

  private Path file(String field, int version) throws IOException {
    try (Stream<Path> files = Files.list(field(field))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("%010d".formatted(version)))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void swap(Path a, Path b) throws IOException {
    byte[] bytes = Files.readAllBytes(a);
    Files.write(a, Files.readAllBytes(b));
    Files.write(b, bytes);
  }

  @Test
  void contentOfAnotherCodebookIsDamage() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    Codebook second = codebook(2, Optional.of(first));
    try (TestServer server = TestServer.on(data)) {
      publish(server, first);
      publish(server, second);
      swap(file(FIELD, 1), file(FIELD, 2));
      // What encode streams ask: the codebook of this hash or none.
      assertEquals(Optional.empty(), server.codebooks.get(first.id()).map(Codebook::id));
      assertEquals(Optional.empty(), server.codebooks.get(second.id()).map(Codebook::id));
      assertEquals(Status.Code.DATA_LOSS, fetchStatus(server, request()).getCode());
      assertTrue(list(server).stream().allMatch(PublishedCodebook::getDamaged));
    }
    try (TestServer server = TestServer.on(data)) {
      assertTrue(list(server).stream().allMatch(PublishedCodebook::getDamaged));
      assertEquals(Optional.empty(), server.codebooks.get(first.id()).map(Codebook::id));
      assertEquals(Status.Code.DATA_LOSS, fetchStatus(server, request().setVersion(1)).getCode());
      publish(server, first);
      publish(server, second);
      assertArrayEquals(second.toBytes(), fetch(server, request()).bytes());
      assertEquals(Optional.of(first.id()), server.codebooks.get(first.id()).map(Codebook::id));
    }
  }

  /** Whose people write other digits. */
  @Test
  void codebooksAreFoundAgainInEveryLanguage() throws Exception {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      Codebook first = codebook(1, Optional.empty());
      try (TestServer server = TestServer.on(data)) {
        publish(server, first);
        assertTrue(Files.exists(field(FIELD).resolve("0000000001-" + first.id() + ".codebook")));
      }
      try (TestServer server = TestServer.on(data)) {
        assertArrayEquals(first.toBytes(), fetch(server, request()).bytes());
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  /** The heads stay where they were; every checksum is right. */
  @Test
  void bodyOfAnotherCodebookIsDamage() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    Codebook second = codebook(2, Optional.of(first));
    try (TestServer server = TestServer.on(data)) {
      publish(server, first);
      publish(server, second);
      Path file = file(FIELD, 1);
      RecordFile.write(file, RecordFile.readHead(file), second.toBytes());
      assertEquals(Optional.empty(), server.codebooks.get(first.id()).map(Codebook::id));
      Status status = fetchStatus(server, request().setVersion(1));
      assertEquals(Status.Code.DATA_LOSS, status.getCode());
      assertEquals(
          "codebook is damaged: "
              + file.getFileName()
              + ": content hash must be "
              + first.id()
              + ", got: "
              + second.id(),
          status.getDescription());
      assertEquals(Optional.of(second.id()), server.codebooks.get(second.id()).map(Codebook::id));
    }
  }

  @Test
  void codebookOfAnotherFieldIsDamage() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    try (TestServer server = TestServer.on(data)) {
      publish(server, first);
      publish(server, header(first).setField("b"), first);
      report(server, drift("node-1", first, 2));
    }
    Files.write(file("b", 1), Files.readAllBytes(file(FIELD, 1)));
    Files.write(
        field("b").resolve("drift.reports"),
        Files.readAllBytes(field(FIELD).resolve("drift.reports")));
    try (TestServer server = TestServer.on(data)) {
      List<PublishedCodebook> list = list(server);
      assertEquals("b", list.getFirst().getField());
      assertTrue(list.getFirst().getDamaged());
      assertFalse(list.getLast().getDamaged());
      assertEquals(1, CodebookCalls.drift(server).size());
      var call = new TestCall<>(server.channel(), CodebookServiceGrpc.getGetDriftMethod(), 2);
      call.send(
          io.github.luceneivf.proto.v1.GetDriftRequest.newBuilder()
              .setProtocolVersion(CodebookCalls.VERSION)
              .setIndex(INDEX)
              .setField("b")
              .build());
      call.halfClose();
      assertEquals(List.of(), call.next().getReportsList());
    }
  }

  @Test
  void straysAreLeftAloneAndStopNothing() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    try (TestServer server = TestServer.on(data)) {
      publish(server, first);
    }
    String own = "0000000009-" + "a".repeat(64) + ".codebook";
    Path precious = Files.writeString(foreign.resolve(own + ".part"), "precious");
    Files.createDirectories(field(FIELD).resolve(own).resolve("full"));
    Files.createDirectories(field(FIELD).resolve("z.part").resolve("full"));
    Files.createDirectories(field(FIELD).resolve("drift.reports").resolve("full"));
    Files.createSymbolicLink(field(FIELD).resolve(own + ".part"), precious);
    Files.writeString(field(FIELD).resolve("x.codebook.part"), "of somebody");
    Files.createSymbolicLink(field("linked"), foreign);
    Path codebooks = data.resolve("codebooks");
    Files.createSymbolicLink(codebooks.resolve("linked"), foreign.resolve("nowhere"));
    Files.createDirectory(foreign.resolve("vec"));
    Path other = Files.writeString(foreign.resolve("vec").resolve(own + ".part"), "precious");
    Files.createSymbolicLink(codebooks.resolve("other"), foreign);
    try (TestServer server = TestServer.on(data)) {
      assertEquals(1, list(server).size());
      assertArrayEquals(first.toBytes(), fetch(server, request()).bytes());
      // Nor is anything written through a link.
      Status status =
          refusal(server, header(first).setIndex("other").setField("vec"), first.toBytes());
      assertEquals(Status.Code.INTERNAL, status.getCode(), status::toString);
      assertEquals(1, list(server).size());
    }
    assertEquals("precious", Files.readString(precious));
    assertEquals("precious", Files.readString(other));
    assertEquals("of somebody", Files.readString(field(FIELD).resolve("x.codebook.part")));
    try (Stream<Path> files = Files.walk(foreign)) {
      assertEquals(4, files.count()); // it, the precious two, and their folder
    }
  }

  private static Limits limits(int maxDims, int maxNlist) {
    Limits all = TestServer.LIMITS;
    return new Limits(
        maxDims,
        maxNlist,
        all.maxSampleBytes(),
        all.maxJobs(),
        all.maxStreams(),
        all.memoryBytes(),
        all.threads(),
        all.maxConnections());
  }

  @Test
  void codebookOverALimitIsKeptAndServedAgainLater() throws Exception {
    Codebook first = codebook(1, Optional.empty()); // 4 lists, 8 dimensions
    try (TestServer server = TestServer.on(data)) {
      publish(server, first);
    }
    for (Limits small : List.of(limits(7, 100), limits(64, 3))) {
      TestServer.Keeping keeping = TestServer.Keeping.DEFAULT.withLimits(small);
      try (TestServer server = TestServer.on(data, new LocalCodebookTrainer(), keeping)) {
        assertEquals(List.of(), list(server));
        Status status = fetchStatus(server, request());
        assertEquals(Status.Code.NOT_FOUND, status.getCode());
        String text = String.valueOf(status.getDescription());
        assertTrue(text.startsWith("codebook is over a limit of this server: "), text);
        assertEquals(Optional.empty(), server.codebooks.get(first.id()));
      }
    }
    try (TestServer server = TestServer.on(data)) {
      assertArrayEquals(first.toBytes(), fetch(server, request()).bytes());
    }
  }

  @Test
  void whatIsCreatedIsItsOwnersOnly() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    try (TestServer server = TestServer.on(data)) {
      publish(server, first);
      report(server, drift("node-1", first, 2));
    }
    try (Stream<Path> all = Files.walk(data.resolve("codebooks"))) {
      List<Path> created = all.toList();
      assertEquals(5, created.size(), created::toString);
      for (Path path : created) {
        assertEquals(
            Files.isDirectory(path) ? "rwx------" : "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(path)),
            path::toString);
      }
    }
  }

  @Test
  void fullDiskRefusesForNow() throws Exception {
    AtomicBoolean full = new AtomicBoolean();
    TestServer.Keeping keeping =
        TestServer.Keeping.DEFAULT.withWriter((file, head, body) -> {
          if (full.get()) {
            throw new IOException("No space left on device");
          }
          RecordFile.write(file, head, body);
        });
    Codebook first = codebook(1, Optional.empty());
    Codebook second = codebook(2, Optional.of(first));
    try (TestServer server = TestServer.on(data, new LocalCodebookTrainer(), keeping)) {
      publish(server, first);
      full.set(true);
      Status status = refusal(server, header(second), second.toBytes());
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getCode(), status::toString);
      assertEquals("disk is full", status.getDescription());
      Status drift =
          TestCall.status(
              server.channel(),
              CodebookServiceGrpc.getReportDriftMethod(),
              List.of(drift("node-1", first, 2)));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, drift.getCode(), drift::toString);
      assertArrayEquals(first.toBytes(), fetch(server, request()).bytes());
      server.awaitFreeMemory();
      full.set(false);
      publish(server, second);
      assertArrayEquals(second.toBytes(), fetch(server, request()).bytes());
    }
  }

  @Test
  void listGoesOnWhereTheLastCodebookOfAPageIsGone() throws Exception {
    try (TestServer server = TestServer.on(data)) {
      Optional<Codebook> last = Optional.empty();
      String token = "";
      for (int version = 1; version <= 5; version++) { // of which three are kept
        Codebook next = codebook(version, last);
        publish(server, next);
        last = Optional.of(next);
        if (version == 2) {
          token = list(server, ListCodebooksRequest.newBuilder().setPageSize(1)).getNextPageToken();
        }
      }
      assertEquals(
          List.of(3, 4, 5),
          list(server, ListCodebooksRequest.newBuilder().setPageToken(token))
              .getCodebooksList()
              .stream()
              .map(found -> found.getCodebook().getVersion())
              .toList());
    }
  }
}
