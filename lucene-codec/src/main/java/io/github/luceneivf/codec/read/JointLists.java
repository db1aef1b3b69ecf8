// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The lists of several small segments of one codebook, joined in memory. In files, a list is a few
 * short blocks in each segment, and a search waits for memory at every one of them; joined, its
 * codes lie together in long blocks, as in one segment.
 *
 * <p>A list is joined when it was probed {@value #PROBES} times with the same segments: by then the
 * searches have lost about as much time as joining takes. So an index that changes with every
 * search joins nothing. A search joins one list at most, so that none of them waits for long.
 * Memory is taken outside the heap, {@value #MOST_BYTES} bytes at most ({@link JointMemory}).
 * Ordinals are those of the first segment, then those of the second, and so on.
 *
 * <p>Thread-safe.
 */
final class JointLists {

  /** Vectors of a list from which on a segment is not small, on average: two full blocks. */
  private static final int LONG_LIST = 2 * CodeBlock.WIDTH;

  private static final int MOST_BYTES = 32 << 20;

  private static final int PROBES = 16;

  /** In place of probes: a thread joins the list. */
  private static final int JOINING = -1;

  /** In place of probes: the list is joined. */
  private static final int JOINED = -2;

  private final List<SegmentLists> segments;
  private final CodeBlock layout;
  private final int[] sizes;

  /** [nlist] */
  private final AtomicIntegerArray probes;

  private volatile @Nullable PostingLists joined;

  private JointLists(List<SegmentLists> segments) {
    SegmentLists first = segments.getFirst();
    CodeBlock block = first.postings().layout();
    this.segments = List.copyOf(segments);
    this.sizes = new int[first.meta().nlist()];
    int vectors = 0;
    for (SegmentLists segment : segments) {
      vectors = Math.addExact(vectors, segment.vectors());
      for (int list = 0; list < sizes.length; list++) {
        sizes[list] += segment.postings().size(list);
      }
    }
    this.layout = new CodeBlock(block.encoding(), block.dim(), CodeBlock.ordBytesFor(vectors));
    this.probes = new AtomicIntegerArray(sizes.length);
  }

  /**
   * Returns the small segments among those of a codebook that can be joined: of one encoding, and
   * as many of the first as there is memory for. Fewer than two are none.
   */
  static List<SearchedLeaf> small(List<SearchedLeaf> leaves) {
    return leaves.size() < 2 ? List.of() : small(leaves, MOST_BYTES);
  }

  static List<SearchedLeaf> small(List<SearchedLeaf> leaves, long bytesInAll) {
    List<SearchedLeaf> small = new ArrayList<>(leaves.size());
    long room = bytesInAll;
    for (SearchedLeaf leaf : leaves) {
      SegmentLists lists = leaf.requireLists();
      long bytes = lists.meta().places().postings().length();
      if (isSmall(lists)
          && bytes <= room
          && (small.isEmpty() || encoding(small.getFirst()).equals(encoding(leaf)))) {
        small.add(leaf);
        room -= bytes;
      }
    }
    return small.size() < 2 ? List.of() : small;
  }

  private static boolean isSmall(SegmentLists lists) {
    return lists.vectors() > 0 && lists.vectors() < (long) LONG_LIST * lists.meta().nlist();
  }

  private static Encoding encoding(SearchedLeaf leaf) {
    return leaf.requireLists().meta().encoding();
  }

  /**
   * Returns the joint lists of segments; those of the last search, if they were the same.
   *
   * @param leaves at least one, all of one codebook
   */
  static JointLists of(List<SearchedLeaf> leaves) {
    AtomicReference<@Nullable JointLists> place = leaves.getFirst().requireLists().joint();
    JointLists last = place.get();
    if (last != null && last.isOf(leaves)) {
      return last;
    }
    JointLists now = new JointLists(leaves.stream().map(SearchedLeaf::requireLists).toList());
    place.compareAndSet(last, now);
    for (SearchedLeaf leaf : leaves.subList(1, leaves.size())) {
      leaf.requireLists().joint().set(null); // of segments that it was the first of
    }
    return now;
  }

  private boolean isOf(List<SearchedLeaf> leaves) {
    if (leaves.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < leaves.size(); i++) {
      if (leaves.get(i).requireLists() != segments.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the lists, some of which may be joined; null while none is. */
  @Nullable PostingLists postings() {
    return joined;
  }

  /** Returns whether a list can be read from {@link #postings}. */
  boolean isJoined(int list) {
    return probes.get(list) == JOINED;
  }

  /**
   * Counts a probe of a list that is not joined.
   *
   * @return whether it is to be joined
   */
  boolean probe(int list) {
    int count = probes.get(list);
    if (count >= 0 && count < PROBES) {
      // Of threads that probe at once not all need be counted.
      probes.compareAndSet(list, count, count + 1);
    }
    return count >= PROBES;
  }

  /**
   * Joins a list, unless another thread does, or there is no memory for it now.
   *
   * @throws IOException if a segment cannot be read
   */
  void join(int list) throws IOException {
    if (!probes.compareAndSet(list, PROBES, JOINING)) {
      return;
    }
    int state = 0;
    try {
      PostingLists place = place();
      if (place != null) {
        copy(list, place);
        state = JOINED;
      }
    } finally {
      probes.set(list, state);
    }
  }

  private void copy(int list, PostingLists place) throws IOException {
    PostingLists.Cursor target = place.cursor();
    target.moveTo(list);
    int at = 0;
    int start = 0;
    for (SegmentLists segment : segments) {
      PostingLists postings = segment.postings();
      PostingLists.Cursor cursor = postings.cursor();
      int size = postings.size(list);
      if (size > 0) {
        cursor.moveTo(list);
      }
      for (int position = 0; position < size; ) {
        CodeBlock.Lanes from = cursor.lanes(position);
        CodeBlock.Lanes to = target.lanes(at);
        int count =
            Math.min(
                Math.min(from.width() - from.first(), to.width() - to.first()), size - position);
        CodeBlock.copyRecords(from, to, count);
        for (int i = 0; i < count; i++) {
          int ord = start + postings.checkOrd(cursor.ord(position + i), segment.vectors());
          layout.setOrd(to.memory(), to.block(), to.first() + i, ord);
        }
        position += count;
        at += count;
      }
      start += segment.vectors();
    }
  }

  /** Returns where lists are joined; null if there is no memory for them now. */
  private synchronized @Nullable PostingLists place() {
    PostingLists there = joined;
    if (there == null) {
      MemorySegment memory = JointMemory.take(PostingLists.offsets(layout, sizes)[sizes.length]);
      if (memory == null) {
        return null;
      }
      String name = "lists of " + segments.size() + " segments joined in memory";
      there = new PostingLists(name, memory, layout, sizes);
      joined = there;
    }
    return there;
  }
}
