// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.wire.Checksums;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names that the sidecar takes. Fields of an index may have any name; one that the sidecar would
 * refuse goes by a hash, the same in every process. Stateless.
 */
final class RemoteFieldName {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final int HASH_BYTES = 16;

  private RemoteFieldName() {}

  /** Returns the name itself if the sidecar takes it, else {@code x-} and 32 digits. */
  static String of(String field) {
    if (isName(field)) {
      return field;
    }
    byte[] hash = Checksums.sha256().digest(field.getBytes(StandardCharsets.UTF_8));
    return "x-" + HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_BYTES));
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }
}
