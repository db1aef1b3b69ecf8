// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.proto.v1.ListCodebooksRequest;
import io.github.luceneivf.proto.v1.ListCodebooksResponse;
import io.github.luceneivf.server.rpc.PageSize;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.FieldNames;

/**
 * A page of the list of codebooks, by index, field and version. The token of a page is the place of
 * its last codebook, so a page is right whatever was published in between. Immutable.
 */
final class CodebookPage {

  private final ListCodebooksRequest request;
  private final int size;

  /**
   * Checks a request.
   *
   * @throws RequestException if it can never work
   */
  CodebookPage(ListCodebooksRequest request) {
    this.size = PageSize.of(request.getPageSize());
    if (!request.getIndex().isEmpty()) {
      FieldNames.require("index", request.getIndex());
    }
    if (!request.getField().isEmpty()) {
      FieldNames.require("field", request.getField());
    }
    this.request = request;
  }

  private record Place(FieldName name, int version) {
    static Place parse(String token) {
      String[] parts = token.split("/", -1);
      try {
        if (parts.length == 3) {
          return new Place(new FieldName(parts[0], parts[1]), Integer.parseInt(parts[2]));
        }
      } catch (NumberFormatException e) {
        // As any other wrong token.
      }
      throw RequestException.invalid("page_token must be one of a page before");
    }

    boolean isBefore(FieldName other, int otherVersion) {
      int order = name.compareTo(other);
      return order < 0 || (order == 0 && version < otherVersion);
    }
  }

  ListCodebooksResponse of(CodebookStore store) {
    String token = request.getPageToken();
    Place after = token.isEmpty() ? null : Place.parse(token);
    ListCodebooksResponse.Builder page = ListCodebooksResponse.newBuilder();
    String last = "";
    for (FieldCodebooks field : store.fields()) {
      if (!isWanted(field.name())) {
        continue;
      }
      for (StoredCodebook codebook : field.list()) {
        if ((after != null && !after.isBefore(field.name(), codebook.version()))
            || !store.isServed(codebook)) {
          continue;
        }
        if (page.getCodebooksCount() == size) {
          return page.setNextPageToken(last).build();
        }
        page.addCodebooks(codebook.summary());
        last = field.name() + "/" + codebook.version();
      }
    }
    return page.build();
  }

  private boolean isWanted(FieldName name) {
    return (request.getIndex().isEmpty() || request.getIndex().equals(name.index()))
        && (request.getField().isEmpty() || request.getField().equals(name.field()));
  }
}
