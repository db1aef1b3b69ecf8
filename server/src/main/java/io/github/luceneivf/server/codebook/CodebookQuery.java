// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.proto.v1.FetchCodebookRequest;
import io.github.luceneivf.proto.v1.FetchCodebookResponse;
import io.github.luceneivf.proto.v1.FetchHeader;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.server.rpc.ProtocolCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.CodebookRefs;
import java.io.IOException;
import java.util.Optional;

/** Finds the codebook that a client wants. Stateless. */
final class CodebookQuery {

  private static final byte[] NOTHING = {};

  private CodebookQuery() {}

  /**
   * Finds a codebook.
   *
   * @throws RequestException if the request can never work, or there is none
   */
  static CodebookDownload.Found<FetchCodebookResponse> find(
      CodebookStore store, FetchCodebookRequest request) {
    ProtocolCheck.require(request.getProtocolVersionValue());
    FieldName name = new FieldName(request.getIndex(), request.getField());
    FieldCodebooks field =
        store
            .field(name)
            .orElseThrow(() -> RequestException.notFound("no codebook of " + name + " found"));
    Optional<StoredCodebook> wanted =
        switch (request.getWhichCase()) {
          case VERSION -> field.version(request.getVersion());
          case ID -> field.id(CodebookRefs.id("id", request.getId()));
          case WHICH_NOT_SET -> field.latest();
        };
    StoredCodebook found =
        wanted.orElseThrow(() -> RequestException.notFound("codebook of " + name + " not found"));
    store.requireServed(found);
    if (request.getKnownId().equals(CodebookRefs.bytes(found.id()))) {
      return new CodebookDownload.Found<>(0, () -> unchanged(found));
    }
    return new CodebookDownload.Found<>(found.summary().getSizeBytes(), () -> read(found));
  }

  private static CodebookDownload.Content<FetchCodebookResponse> unchanged(StoredCodebook found) {
    FetchHeader header =
        FetchHeader.newBuilder()
            .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
            .setCodebook(found.summary())
            .setUnchanged(true)
            .build();
    return new CodebookDownload.Content<>(response(header), NOTHING);
  }

  private static CodebookDownload.Content<FetchCodebookResponse> read(StoredCodebook found)
      throws IOException {
    StoredCodebook.Content content = found.read();
    FetchHeader header =
        content.header().toBuilder().setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1).build();
    return new CodebookDownload.Content<>(response(header), content.codebook());
  }

  private static FetchCodebookResponse response(FetchHeader header) {
    return FetchCodebookResponse.newBuilder().setHeader(header).build();
  }
}
