// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.telemetry;

import java.util.function.Supplier;
import org.apache.lucene.util.InfoStream;

/** What this format tells Lucene's info stream, under the name {@code IVF}. Internal. */
public final class IvfInfo {

  private static final String COMPONENT = "IVF";

  private IvfInfo() {}

  /** Tells something, if anybody listens. */
  public static void tell(InfoStream infoStream, Supplier<String> text) {
    if (infoStream.isEnabled(COMPONENT)) {
      infoStream.message(COMPONENT, text.get());
    }
  }
}
