// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import java.io.Closeable;
import java.io.IOException;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;

/** The files of a segment: names, headers, versions. */
public enum IvfFiles {
  /** Meta data of all fields, read and checked whole at open. */
  META("ivm", "IvfVectorsMeta"),
  /** Codebooks and the routing codes of their centroids. */
  CENTROIDS("ivc", "IvfVectorsCentroids"),
  /** Posting lists. */
  POSTINGS("ivp", "IvfVectorsPostings"),
  /** Ordinal → (list, position). */
  ORDINALS("ivo", "IvfVectorsOrdinals");

  /** First version that is read: what was written before any release is refused. */
  public static final int VERSION_START = 5;

  /** Version written. */
  public static final int VERSION_CURRENT = VERSION_START;

  /** Alignment of posting lists, in bytes. */
  public static final int ALIGNMENT = 64;

  private final String extension;
  private final String codecName;

  IvfFiles(String extension, String codecName) {
    this.extension = extension;
    this.codecName = codecName;
  }

  /** Returns the extension, without a dot. */
  public String extension() {
    return extension;
  }

  /** Returns the name of this file in a segment. */
  public String fileName(SegmentInfo segment, String suffix) {
    return IndexFileNames.segmentFileName(segment.name, suffix, extension);
  }

  /**
   * Creates this file with its header. The caller closes it.
   *
   * @throws IOException if it cannot be created
   */
  public IndexOutput create(SegmentWriteState state) throws IOException {
    IndexOutput out =
        state.directory.createOutput(
            fileName(state.segmentInfo, state.segmentSuffix), state.context);
    try {
      CodecUtil.writeIndexHeader(
          out, codecName, VERSION_CURRENT, state.segmentInfo.getId(), state.segmentSuffix);
      return out;
    } catch (IOException | RuntimeException e) {
      closeAfter(e, out);
      throw e;
    }
  }

  /**
   * Opens this file and checks its header and the form of its footer. The caller closes it.
   *
   * @throws IOException if it is missing, of another segment, or truncated
   */
  public IndexInput open(SegmentReadState state, IOContext context) throws IOException {
    IndexInput in =
        state.directory.openInput(fileName(state.segmentInfo, state.segmentSuffix), context);
    try {
      checkHeader(in, state);
      CodecUtil.retrieveChecksum(in);
      return in;
    } catch (IOException | RuntimeException e) {
      closeAfter(e, in);
      throw e;
    }
  }

  /**
   * Checks a header.
   *
   * @throws IOException if it is not that of this file, segment and version
   */
  void checkHeader(DataInput in, SegmentReadState state) throws IOException {
    CodecUtil.checkIndexHeader(
        in,
        codecName,
        VERSION_START,
        VERSION_CURRENT,
        state.segmentInfo.getId(),
        state.segmentSuffix);
  }

  private static void closeAfter(Exception failure, Closeable file) {
    try {
      file.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
