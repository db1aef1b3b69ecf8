// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.IvfParams.Thresholds;
import io.github.luceneivf.codec.config.ListSizing;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.tests.util.TestUtil;

/** The same on our format, with posting lists even in the smallest segment. */
public class TestIvfKnnFloatVectorQueryOnLists extends TestIvfKnnFloatVectorQuery {

  @Override
  protected Codec codec() {
    IvfParams params =
        IvfParams.DEFAULT
            .withThresholds(new Thresholds(0, 1, 0))
            .withSizing(ListSizing.fixed(1 + random().nextInt(8)));
    return TestUtil.alwaysKnnVectorsFormat(new IvfVectorsFormat(params));
  }
}
