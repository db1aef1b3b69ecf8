// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.jspecify.annotations.Nullable;

/** Memory of joined lists is bounded over the process, and comes back. */
public class TestJointMemory extends LuceneTestCase {

  public void testNoMoreThanTheBound() throws Exception {
    long most = JointMemory.most();
    MemorySegment half = take(most / 2 + 1);
    assertNotNull(half);
    assertNull(JointMemory.take(most / 2 + 1));
    Reference.reachabilityFence(half);
    half = null;
    assertNotNull("what nobody reads comes back", take(most / 2 + 1));
  }

  /** Joined lists of other tests may have to be collected first. */
  private static @Nullable MemorySegment take(long bytes) throws InterruptedException {
    MemorySegment memory = JointMemory.take(bytes);
    for (int i = 0; memory == null && i < 500; i++) {
      System.gc();
      Thread.sleep(20);
      memory = JointMemory.take(bytes);
    }
    return memory;
  }
}
