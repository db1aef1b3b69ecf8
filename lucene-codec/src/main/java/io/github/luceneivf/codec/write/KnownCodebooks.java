package io.github.luceneivf.codec.write;

import io.github.luceneivf.codec.file.SegmentCodebook;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.store.Directory;

/**
 * The current codebook of each field of each index that this process writes. A flush is shown its
 * own segment only, and format instances come and go, so this is kept per directory, weakly, and
 * fed by every flush and merge that ends. A codebook counts only while the segment it came from, or
 * a later one, still has files: a new index in an old directory starts afresh. Thread-safe.
 */
final class KnownCodebooks {

  private static final Map<Directory, Map<String, Known>> BY_DIRECTORY = new WeakHashMap<>();

  private record Known(SegmentCodebook codebook, String segment) {}

  private KnownCodebooks() {}

  /** Returns the codebook of a field of the index that a segment belongs to. */
  static Optional<SegmentCodebook> find(SegmentInfo segment, String field) throws IOException {
    Known known = fields(segment.dir).get(field);
    return known != null && isAlive(segment.dir, known)
        ? Optional.of(known.codebook)
        : Optional.empty();
  }

  /** Makes a codebook that a segment was written with the current one of its field. */
  static void publish(SegmentInfo segment, String field, SegmentCodebook codebook)
      throws IOException {
    Map<String, Known> fields = fields(segment.dir);
    Known now = new Known(codebook, segment.name);
    Known seen = fields.get(field);
    boolean stale = seen != null && !isAlive(segment.dir, seen);
    fields.merge(
        field,
        now,
        (old, _) -> (stale && old.equals(seen)) || version(now) >= version(old) ? now : old);
  }

  private static int version(Known known) {
    return known.codebook.codebook().lineage().version();
  }

  private static Map<String, Known> fields(Directory directory) {
    synchronized (BY_DIRECTORY) {
      return BY_DIRECTORY.computeIfAbsent(directory, _ -> new ConcurrentHashMap<>());
    }
  }

  private static boolean isAlive(Directory directory, Known known) throws IOException {
    for (String file : directory.listAll()) {
      if (file.startsWith(known.segment + ".") || file.startsWith(known.segment + "_")) {
        return true;
      }
    }
    return false;
  }
}
