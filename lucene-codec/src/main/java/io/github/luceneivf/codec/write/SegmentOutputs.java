// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import java.io.Closeable;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IOUtils;

/** The four files of a segment while they are written. Not thread-safe. */
final class SegmentOutputs implements Closeable {

  private final Map<IvfFiles, IndexOutput> outputs = new EnumMap<>(IvfFiles.class);

  SegmentOutputs(SegmentWriteState state) throws IOException {
    try {
      for (IvfFiles file : IvfFiles.values()) {
        outputs.put(file, file.create(state));
      }
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileSuppressingExceptions(e, this);
      throw e;
    }
  }

  IndexOutput get(IvfFiles file) {
    IndexOutput output = outputs.get(file);
    if (output == null) {
      throw new IllegalStateException(file + " is not open");
    }
    return output;
  }

  /** Writes the end of the meta data and all footers. */
  void finish() throws IOException {
    get(IvfFiles.META).writeInt(FieldMeta.END);
    for (IndexOutput output : outputs.values()) {
      CodecUtil.writeFooter(output);
    }
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(outputs.values());
  }
}
