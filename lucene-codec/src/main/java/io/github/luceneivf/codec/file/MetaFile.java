// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.store.ChecksumIndexInput;

/** Reads {@code .ivm} whole. */
public final class MetaFile {

  private MetaFile() {}

  /**
   * Reads and checks the meta data of a segment.
   *
   * @return by name of the field
   * @throws IOException if it cannot be read; {@link CorruptIndexException} if it says what is
   *     impossible
   */
  public static Map<String, FieldMeta> read(SegmentReadState state) throws IOException {
    Map<String, FieldMeta> fields = new HashMap<>();
    String name = IvfFiles.META.fileName(state.segmentInfo, state.segmentSuffix);
    try (ChecksumIndexInput in = state.directory.openChecksumInput(name)) {
      Throwable failure = null;
      try {
        IvfFiles.META.checkHeader(in, state);
        for (int number = in.readInt(); number != FieldMeta.END; number = in.readInt()) {
          FieldInfo info = number < 0 ? null : state.fieldInfos.fieldInfo(number);
          if (info == null || !info.hasVectorValues() || fields.containsKey(info.name)) {
            throw new CorruptIndexException(
                "field: expected a vector field, once, got: " + number, in);
          }
          fields.put(info.name, FieldMeta.read(in, number, info.getVectorDimension()));
        }
      } catch (IOException | RuntimeException e) {
        failure = e;
      } finally {
        CodecUtil.checkFooter(in, failure);
      }
    }
    return fields;
  }
}
