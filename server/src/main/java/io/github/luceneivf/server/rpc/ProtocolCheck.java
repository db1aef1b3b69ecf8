// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.github.luceneivf.proto.v1.ProtocolVersion;

/** Refuses clients of another protocol version. Stateless. */
public final class ProtocolCheck {

  private ProtocolCheck() {}

  /**
   * Checks the version that a client speaks.
   *
   * @throws RequestException if this server does not speak it
   */
  public static void require(int version) {
    if (version != ProtocolVersion.PROTOCOL_VERSION_1_VALUE) {
      throw RequestException.precondition(
          "protocol_version must be "
              + ProtocolVersion.PROTOCOL_VERSION_1_VALUE
              + ", got: "
              + version);
    }
  }
}
