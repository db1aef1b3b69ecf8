// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import static io.github.luceneivf.server.codebook.CodebookCalls.FIELD;
import static io.github.luceneivf.server.codebook.CodebookCalls.INDEX;
import static io.github.luceneivf.server.codebook.CodebookCalls.codebook;
import static io.github.luceneivf.server.codebook.CodebookCalls.drift;
import static io.github.luceneivf.server.codebook.CodebookCalls.fetch;
import static io.github.luceneivf.server.codebook.CodebookCalls.fetchStatus;
import static io.github.luceneivf.server.codebook.CodebookCalls.header;
import static io.github.luceneivf.server.codebook.CodebookCalls.id;
import static io.github.luceneivf.server.codebook.CodebookCalls.list;
import static io.github.luceneivf.server.codebook.CodebookCalls.publish;
import static io.github.luceneivf.server.codebook.CodebookCalls.ref;
import static io.github.luceneivf.server.codebook.CodebookCalls.refusal;
import static io.github.luceneivf.server.codebook.CodebookCalls.report;
import static io.github.luceneivf.server.codebook.CodebookCalls.request;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.proto.v1.CodebookRef;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.DriftReport;
import io.github.luceneivf.proto.v1.ListCodebooksRequest;
import io.github.luceneivf.proto.v1.ListCodebooksResponse;
import io.github.luceneivf.proto.v1.PublishCodebookResponse;
import io.github.luceneivf.proto.v1.PublishHeader;
import io.github.luceneivf.proto.v1.PublishedCodebook;
import io.github.luceneivf.proto.v1.ReportDriftRequest;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.wire.Checksums;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodebookEndpointTest {

  @TempDir Path data;

  private static void assertStatus(Status.Code code, String text, Status status) {
    assertEquals(code, status.getCode(), status::toString);
    assertEquals(text, status.getDescription());
  }

  @Test
  void versionsSurviveARestart() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    Codebook second = codebook(2, Optional.of(first));
    try (TestServer server = TestServer.on(data)) {
      PublishCodebookResponse published = publish(server, first);
      assertTrue(published.getCreated());
      assertEquals(ref(first), published.getCodebook().getCodebook());
      publish(server, second);
      server.awaitFreeMemory();
    }
    try (TestServer server = TestServer.on(data)) {
      assertArrayEquals(second.toBytes(), fetch(server, request()).bytes());
      assertArrayEquals(first.toBytes(), fetch(server, request().setVersion(1)).bytes());
      CodebookCalls.Fetched byId = fetch(server, request().setId(id(first.id())));
      assertArrayEquals(first.toBytes(), byId.bytes());
      assertEquals(header(first).getReport(), byId.header().getReport());
      assertTrue(fetch(server, request().setKnownId(id(second.id()))).header().getUnchanged());
      List<PublishedCodebook> list = list(server);
      assertEquals(
          List.of(ref(first), ref(second)),
          list.stream().map(PublishedCodebook::getCodebook).toList());
      assertEquals(8, list.getFirst().getDim());
      assertEquals(4, list.getFirst().getNlist());
      server.awaitFreeMemory();
    }
  }

  @Test
  void publishingAgainChangesNothing() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    try (TestServer server = TestServer.on(data)) {
      PublishedCodebook published = publish(server, first).getCodebook();
      publish(server, codebook(2, Optional.of(first)));
      PublishCodebookResponse again = publish(server, first);
      assertFalse(again.getCreated());
      assertEquals(published, again.getCodebook());
      assertEquals(2, list(server).size());
    }
  }

  @Test
  void onlyTheNextVersionIsTaken() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    Codebook second = codebook(2, Optional.of(first));
    Codebook rival = codebook(3, Optional.of(first));
    Codebook other = codebook(4, Optional.empty());
    Codebook wide = codebook(5, 9, Optional.of(second));
    try (TestServer server = TestServer.on(data)) {
      publish(server, first);
      publish(server, second);
      assertStatus(
          Status.Code.FAILED_PRECONDITION,
          "codebook of products/title-vector must have version 3 and parent "
              + second.id().shortHex()
              + ", got: version 2 and parent "
              + first.id().shortHex(),
          refusal(server, header(rival), rival.toBytes()));
      assertStatus(
          Status.Code.FAILED_PRECONDITION,
          "codebook of products/title-vector must have version 3 and parent "
              + second.id().shortHex()
              + ", got: version 1 and parent none",
          refusal(server, header(other), other.toBytes()));
      assertStatus(
          Status.Code.FAILED_PRECONDITION,
          "codebook of products/title-vector must have dim 8 and METRIC_EUCLIDEAN,"
              + " got: dim 9 and METRIC_EUCLIDEAN",
          refusal(server, header(wide), wide.toBytes()));
      assertEquals(2, list(server).size());
      server.awaitFreeMemory();
    }
  }

  @Test
  void wrongUploadsAreRefusedByName() throws Exception {
    Codebook book = codebook(1, Optional.empty());
    byte[] bytes = book.toBytes();
    Status.Code wrong = Status.Code.INVALID_ARGUMENT;
    String names = " must match [a-z0-9][a-z0-9_-]{0,63}, got: ";
    try (TestServer server = TestServer.on(data)) {
      for (String name : new String[] {"", "..", "a/b", "A", "-a", "a.b", "a\0", "a".repeat(65)}) {
        String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
        assertStatus(
            wrong, "index" + names + shown, refusal(server, header(book).setIndex(name), bytes));
        assertStatus(
            wrong, "field" + names + shown, refusal(server, header(book).setField(name), bytes));
      }
      assertStatus(
          Status.Code.FAILED_PRECONDITION,
          "protocol_version must be 1, got: 2",
          refusal(server, header(book).setProtocolVersionValue(2), bytes));
      ByteString hash = ByteString.copyFrom(new byte[32]);
      assertStatus(
          wrong,
          "sha256 of the codebook does not match",
          refusal(server, header(book).setSha256(hash), bytes));
      assertStatus(
          wrong,
          "codebook_id must be " + book.id() + ", got: " + "0".repeat(64),
          refusal(
              server,
              header(book).setCodebook(CodebookRef.newBuilder().setId(hash).setVersion(1)),
              bytes));
      assertStatus(
          wrong,
          "version must be 1, got: 2",
          refusal(server, header(book).setCodebook(ref(book).toBuilder().setVersion(2)), bytes));
      assertStatus(
          wrong,
          "crc32c of report must be " + crc(book) + ", got: 00000001",
          refusal(server, damagedReport(book), bytes));
      assertStatus(
          wrong,
          "codebook must have " + (bytes.length - 1) + " bytes, got: " + bytes.length,
          refusal(server, header(book).setSizeBytes(bytes.length - 1), bytes));
      assertStatus(
          wrong,
          "codebook must come before the end of the call",
          refusal(server, header(book).setSizeBytes(bytes.length + 1), bytes));
      assertStatus(
          Status.Code.RESOURCE_EXHAUSTED,
          "codebooks on disk must have at most 1048576 bytes, got: 2000000",
          refusal(server, header(book).setSizeBytes(2_000_000), bytes));
      assertEquals(List.of(), list(server));
      server.awaitFreeMemory();
    }
  }

  @Test
  void oldVersionsMakeRoomAndFieldsAreBounded() throws Exception {
    try (TestServer server = TestServer.on(data)) {
      Optional<Codebook> last = Optional.empty();
      for (int version = 1; version <= 5; version++) {
        Codebook next = codebook(version, last);
        publish(server, next);
        last = Optional.of(next);
      }
      assertEquals(
          List.of(3, 4, 5),
          list(server).stream().map(found -> found.getCodebook().getVersion()).toList());
      assertStatus(
          Status.Code.NOT_FOUND,
          "codebook of products/title-vector not found",
          fetchStatus(server, request().setVersion(1)));
      Codebook book = codebook(9, Optional.empty());
      publish(server, header(book).setField("b"), book);
      assertStatus(
          Status.Code.RESOURCE_EXHAUSTED,
          "fields with codebooks must be at most 2, got: 3",
          refusal(server, header(book).setField("c"), book.toBytes()));
    }
  }

  private static String crc(Codebook book) {
    return Checksums.hex(header(book).getReport().getCrc32C());
  }

  private static PublishHeader.Builder damagedReport(Codebook book) {
    PublishHeader.Builder header = header(book);
    header.getReportBuilder().setCrc32C(1);
    return header;
  }

  private Path file(int version) throws Exception {
    try (Stream<Path> files = Files.list(data.resolve("codebooks").resolve(INDEX).resolve(FIELD))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("%010d".formatted(version)))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Flips a bit so many bytes from the end, or from the start if negative. */
  private void damage(int version, int at) throws Exception {
    Path file = file(version);
    byte[] bytes = Files.readAllBytes(file);
    bytes[at < 0 ? -at : bytes.length - at] ^= 4;
    Files.write(file, bytes);
  }

  @Test
  void damageIsFoundToldAndRepaired() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    Codebook second = codebook(2, Optional.of(first));
    Codebook third = codebook(3, Optional.of(second));
    try (TestServer server = TestServer.on(data)) {
      publish(server, first);
      publish(server, second);
      damage(1, -3); // its head
      damage(2, 40); // its body
      Status status = fetchStatus(server, request());
      assertEquals(Status.Code.DATA_LOSS, status.getCode());
      assertTrue(String.valueOf(status.getDescription()).contains("crc32c of body"));
      assertTrue(list(server).get(1).getDamaged());
    }
    Path half = file(2).resolveSibling(file(2).getFileName() + ".part");
    Files.writeString(half, "half");
    Files.writeString(data.resolve("codebooks").resolve("stray"), "a file of somebody else");
    try (TestServer server = TestServer.on(data)) {
      List<PublishedCodebook> list = list(server);
      assertEquals(List.of(ref(first), ref(second)), refs(list));
      assertTrue(list.getFirst().getDamaged());
      assertEquals(Status.Code.DATA_LOSS, fetchStatus(server, request().setVersion(1)).getCode());
      // The damaged one still tells what follows it.
      publish(server, third);
      assertArrayEquals(third.toBytes(), fetch(server, request()).bytes());
      assertFalse(publish(server, first).getCreated());
      assertArrayEquals(first.toBytes(), fetch(server, request().setVersion(1)).bytes());
      assertFalse(list(server).getFirst().getDamaged());
      assertFalse(Files.exists(half));
    }
  }

  private static List<CodebookRef> refs(List<PublishedCodebook> list) {
    return list.stream().map(PublishedCodebook::getCodebook).toList();
  }

  @Test
  void pagesFollowEachOther() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    Codebook second = codebook(2, Optional.of(first));
    try (TestServer server = TestServer.on(data)) {
      publish(server, first);
      publish(server, second);
      publish(server, header(first).setField("b"), first);
      ListCodebooksRequest.Builder request = ListCodebooksRequest.newBuilder().setPageSize(1);
      StringBuilder seen = new StringBuilder();
      do {
        ListCodebooksResponse page = list(server, request);
        PublishedCodebook found = page.getCodebooks(0);
        seen.append(found.getField()).append(found.getCodebook().getVersion()).append(' ');
        request.setPageToken(page.getNextPageToken());
      } while (!request.getPageToken().isEmpty());
      assertEquals("b1 title-vector1 title-vector2 ", seen.toString());
      assertEquals(
          1, list(server, ListCodebooksRequest.newBuilder().setField("b")).getCodebooksCount());
      assertStatus(
          Status.Code.INVALID_ARGUMENT,
          "page_token must be one of a page before",
          TestCall.status(
              server.channel(),
              CodebookServiceGrpc.getListCodebooksMethod(),
              List.of(
                  ListCodebooksRequest.newBuilder()
                      .setProtocolVersion(CodebookCalls.VERSION)
                      .setPageToken("x")
                      .build())));
    }
  }

  @Test
  void driftIsKeptBySource() throws Exception {
    Codebook first = codebook(1, Optional.empty());
    Codebook second = codebook(2, Optional.of(first));
    try (TestServer server = TestServer.on(data)) {
      publish(server, first);
      publish(server, second);
      assertEquals(ref(second), report(server, drift("node-1", first, 2)).getLatest());
      report(server, drift("node-2", second, 3));
      report(server, drift("node-1", first, 4));
      assertDriftRefused(
          server, "energy must be finite and at least 0, got: NaN", drift("a", first, Double.NaN));
      assertDriftRefused(
          server, "source must match [a-z0-9][a-z0-9_-]{0,63}, got: ../a", drift("../a", first, 1));
      Codebook unknown = codebook(7, Optional.empty());
      Status status =
          TestCall.status(
              server.channel(),
              CodebookServiceGrpc.getReportDriftMethod(),
              List.of(drift("node-1", unknown, 1)));
      assertStatus(
          Status.Code.NOT_FOUND,
          "codebook of products/title-vector not found: " + unknown.id(),
          status);
    }
    try (TestServer server = TestServer.on(data)) {
      List<DriftReport> reports = drift(server);
      assertEquals(
          List.of("node-1", "node-2"), reports.stream().map(DriftReport::getSource).toList());
      assertEquals(4, reports.getFirst().getEnergy());
    }
  }

  private static void assertDriftRefused(TestServer server, String text, ReportDriftRequest request)
      throws Exception {
    Status status =
        TestCall.status(
            server.channel(), CodebookServiceGrpc.getReportDriftMethod(), List.of(request));
    assertStatus(Status.Code.INVALID_ARGUMENT, text, status);
  }
}
