// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryCachingPolicy;

/** Has every query cached that is asked. Stateless. */
public final class CacheEverything implements QueryCachingPolicy {

  @Override
  public void onUse(Query query) {}

  @Override
  public boolean shouldCache(Query query) {
    return true;
  }
}
