// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import java.io.IOException;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.junit.AfterClass;
import org.junit.BeforeClass;

/** Tests on the same documents in our format and in Lucene's. */
public abstract class BothFormatsTestCase extends LuceneTestCase {

  /** Open while the tests of a class run. */
  static BothFormats formats;

  /** Writes both indexes. */
  @BeforeClass
  public static void index() throws IOException {
    formats = new BothFormats(random().nextLong());
  }

  /** Closes both. */
  @AfterClass
  public static void close() throws IOException {
    formats.close();
  }
}
