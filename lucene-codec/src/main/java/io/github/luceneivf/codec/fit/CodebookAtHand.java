// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.file.CommittedCodebook;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.telemetry.IvfInfo;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Optional;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.util.IOSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The current codebook of a field of an index. A flush is shown its own segment only, so this is
 * kept in the process and fed by every training, flush and merge that ends. What is asked for first
 * is looked up in the latest commit, once; and again if what was known went with a segment that was
 * rolled back.
 *
 * <p>A discarded index must not leave its codebook to the next one in the same directory. So a
 * codebook counts only while the segment it came from still has files; and since those of a
 * discarded index stay until the first commit of the new one, an index writer takes over what it
 * has not made itself only if its first vectors are {@linkplain CollectionCheck of the same
 * collection}. Thread-safe.
 */
final class CodebookAtHand {

  private final String field;
  private @Nullable Known known;
  private boolean lookedUp;

  CodebookAtHand(String field) {
    this.field = field;
  }

  /**
   * A codebook at hand.
   *
   * @param segment name of a segment that has it
   * @param writer the writer that made it or took it over
   */
  private record Known(SegmentCodebook codebook, String segment, WeakReference<Directory> writer) {
    int version() {
      return codebook.codebook().lineage().version();
    }

    @SuppressWarnings("ReferenceEquality") // this writer's object, not one like it
    boolean isOf(Directory other) {
      return writer.get() == other;
    }
  }

  /**
   * Returns the codebook. Trouble with reading the latest commit is told in the info stream and
   * means that there is none.
   *
   * @param sample vectors of the segment, asked for only if they must be seen
   */
  synchronized Optional<SegmentCodebook> find(
      SegmentWriteState state, IOSupplier<FloatMatrix> sample) throws IOException {
    if (known != null && !isAlive(state, known)) {
      known = null;
      lookedUp = false;
    }
    if (known == null && !lookedUp) {
      lookedUp = true;
      known = fromCommit(state);
    }
    if (known == null) {
      return Optional.empty();
    }
    Directory writer = writer(state);
    if (!known.isOf(writer)) {
      if (!CollectionCheck.fits(known.codebook.codebook(), sample.get())) {
        message(state, "codebook at hand dropped, it does not fit the vectors");
        known = null;
        return Optional.empty();
      }
      known = new Known(known.codebook, known.segment, new WeakReference<>(writer));
    }
    return Optional.of(known.codebook);
  }

  /** Makes a codebook that a segment has, or will have, the current one. */
  synchronized void publish(SegmentWriteState state, SegmentCodebook codebook) throws IOException {
    Known now = new Known(codebook, state.segmentInfo.name, new WeakReference<>(writer(state)));
    if (known == null || now.version() >= known.version() || !isAlive(state, known)) {
      known = now;
    }
  }

  private @Nullable Known fromCommit(SegmentWriteState state) {
    try {
      CommittedCodebook found = CommittedCodebook.find(state.segmentInfo.dir, field).orElse(null);
      return found == null
          ? null
          : new Known(found.codebook(), found.segment(), new WeakReference<>(null));
    } catch (IOException | RuntimeException e) {
      message(state, "codebook of the latest commit cannot be read: " + e);
      return null;
    }
  }

  /**
   * What an index writer wraps its directory in, before a flush or merge wraps it again: one object
   * per writer.
   */
  @SuppressWarnings("ReferenceEquality") // this object, not one like it
  private static Directory writer(SegmentWriteState state) {
    Directory directory = state.directory;
    while (directory instanceof FilterDirectory filter
        && filter.getDelegate() != state.segmentInfo.dir
        && filter != state.segmentInfo.dir) {
      directory = filter.getDelegate();
    }
    return directory;
  }

  private static boolean isAlive(SegmentWriteState state, Known known) throws IOException {
    for (String file : state.segmentInfo.dir.listAll()) {
      if (file.startsWith(known.segment + ".") || file.startsWith(known.segment + "_")) {
        return true;
      }
    }
    return false;
  }

  private void message(SegmentWriteState state, String text) {
    IvfInfo.tell(state.infoStream, () -> "field=" + field + ": " + text);
  }
}
