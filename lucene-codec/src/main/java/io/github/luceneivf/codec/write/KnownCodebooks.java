// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.file.CommittedCodebook;
import io.github.luceneivf.codec.file.SegmentCodebook;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.util.IOSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The current codebook of each field of each index that this process writes. A flush is shown its
 * own segment only, and format instances come and go, so this is kept per directory, weakly, and
 * fed by every flush and merge that ends. What is asked for first is looked up in the latest
 * commit, once per directory and field; and again if what was known went with a segment that was
 * rolled back.
 *
 * <p>A discarded index must not leave its codebook to the next one in the same directory. So a
 * codebook counts only while the segment it came from still has files; and since those of a
 * discarded index stay until the first commit of the new one, an index writer takes over what it
 * has not made itself only if its first vectors {@linkplain CodebookFit fit}. Thread-safe.
 */
final class KnownCodebooks {

  private static final Map<Directory, Map<String, FieldState>> BY_DIRECTORY = new WeakHashMap<>();

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

  /** What is known of a field; guarded by itself. */
  private static final class FieldState {
    private final Lock training = new ReentrantLock();
    private @Nullable Known known;
    private boolean lookedUp;
  }

  private KnownCodebooks() {}

  /**
   * Returns the codebook of a field of the index that a segment belongs to. Trouble with reading
   * the latest commit is told in the info stream and means that there is none.
   *
   * @param sample vectors of the segment, asked for only if they must be seen
   */
  static Optional<SegmentCodebook> find(
      SegmentWriteState state, String field, IOSupplier<FloatMatrix> sample) throws IOException {
    FieldState fieldState = fieldState(state, field);
    synchronized (fieldState) {
      if (fieldState.known != null && !isAlive(state, fieldState.known)) {
        fieldState.known = null;
        fieldState.lookedUp = false;
      }
      if (fieldState.known == null && !fieldState.lookedUp) {
        fieldState.lookedUp = true;
        fieldState.known = fromCommit(state, field);
      }
      Known known = fieldState.known;
      if (known == null) {
        return Optional.empty();
      }
      Directory writer = writer(state);
      if (!known.isOf(writer)) {
        if (!CodebookFit.fits(known.codebook.codebook(), sample.get())) {
          message(state, field, "codebook at hand dropped, it does not fit the vectors");
          fieldState.known = null;
          return Optional.empty();
        }
        fieldState.known = new Known(known.codebook, known.segment, new WeakReference<>(writer));
      }
      return Optional.of(known.codebook);
    }
  }

  /** Makes a codebook that a segment was written with the current one of its field. */
  static void publish(SegmentWriteState state, String field, SegmentCodebook codebook)
      throws IOException {
    FieldState fieldState = fieldState(state, field);
    Known now = new Known(codebook, state.segmentInfo.name, new WeakReference<>(writer(state)));
    synchronized (fieldState) {
      Known old = fieldState.known;
      if (old == null || now.version() >= old.version() || !isAlive(state, old)) {
        fieldState.known = now;
      }
    }
  }

  /** Returns what a flush holds while it trains: others then find its codebook. */
  static Lock trainingOf(SegmentWriteState state, String field) {
    return fieldState(state, field).training;
  }

  private static FieldState fieldState(SegmentWriteState state, String field) {
    synchronized (BY_DIRECTORY) {
      return BY_DIRECTORY
          .computeIfAbsent(state.segmentInfo.dir, _ -> new ConcurrentHashMap<>())
          .computeIfAbsent(field, _ -> new FieldState());
    }
  }

  private static @Nullable Known fromCommit(SegmentWriteState state, String field) {
    try {
      CommittedCodebook found = CommittedCodebook.find(state.segmentInfo.dir, field).orElse(null);
      return found == null
          ? null
          : new Known(found.codebook(), found.segment(), new WeakReference<>(null));
    } catch (IOException | RuntimeException e) {
      message(state, field, "codebook of the latest commit cannot be read: " + e);
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

  private static void message(SegmentWriteState state, String field, String text) {
    IvfInfo.tell(state.infoStream, () -> "field=" + field + ": " + text);
  }
}
