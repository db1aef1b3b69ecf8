// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;

/** A query that equals no other; what it does when it is searched is for tests to say. */
public abstract class UniqueQuery extends Query {

  @Override
  public String toString(String field) {
    return getClass().getName();
  }

  @Override
  public void visit(QueryVisitor visitor) {}

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
