// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import java.util.function.Supplier;
import org.apache.lucene.util.InfoStream;

/** What this format tells Lucene's info stream, under the name {@code IVF}. */
final class IvfInfo {

  private static final String COMPONENT = "IVF";

  private IvfInfo() {}

  /** Tells something, if anybody listens. */
  static void tell(InfoStream infoStream, Supplier<String> text) {
    if (infoStream.isEnabled(COMPONENT)) {
      infoStream.message(COMPONENT, text.get());
    }
  }
}
