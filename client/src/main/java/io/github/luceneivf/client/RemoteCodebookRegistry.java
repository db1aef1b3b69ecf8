// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.wire.FieldNames;
import java.io.IOException;
import java.util.Optional;

/**
 * The sidecar's registry of codebooks, for one index. Every call waits for the sidecar: {@link
 * RemoteCodebookSource} is what a writer uses. Thread-safe.
 */
public final class RemoteCodebookRegistry {

  private final SidecarConnection connection;
  private final RegistryCalls calls;

  /**
   * Creates a registry; the connection is closed by its owner.
   *
   * @param index name of the index, matching {@code [a-z0-9][a-z0-9_-]{0,63}}: processes that give
   *     the same name share codebooks
   * @param source name of this process in drift reports, of the same form
   */
  public RemoteCodebookRegistry(SidecarConnection connection, String index, String source) {
    requireName("index", index);
    requireName("source", source);
    this.connection = connection;
    this.calls = new RegistryCalls(connection, index, source);
  }

  private static void requireName(String what, String name) {
    if (!FieldNames.isName(name)) {
      throw new IllegalArgumentException(FieldNames.mismatch(what, name));
    }
  }

  /**
   * Publishes a codebook; what is there already stays.
   *
   * @return whether it was not there before
   * @throws SidecarException with {@code REFUSED} if it does not follow the latest one of its field
   */
  public boolean publish(String field, TrainedCodebook trained, AbortCheck abort)
      throws IOException {
    return connection.run(() -> calls.publish(field, trained, abort));
  }

  /**
   * Fetches the latest codebook of a field.
   *
   * @param known a codebook that the caller has
   * @return empty if that is the latest one
   * @throws SidecarException with {@code NOT_FOUND} if there is none
   */
  public Optional<TrainedCodebook> fetchLatest(
      String field, Optional<CodebookId> known, AbortCheck abort) throws IOException {
    return connection.run(() -> calls.fetchLatest(field, known, abort));
  }

  /**
   * Tells the sidecar how well a codebook fits.
   *
   * @return the version of the latest codebook of the field
   * @throws SidecarException with {@code NOT_FOUND} if the codebook was not published
   */
  public int reportDrift(String field, Drift drift, AbortCheck abort) throws IOException {
    return connection.run(() -> calls.reportDrift(field, drift, abort));
  }
}
