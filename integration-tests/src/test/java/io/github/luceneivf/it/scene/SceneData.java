// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * What is indexed and what is asked. Immutable by convention: the arrays are shared.
 *
 * @param name for the table
 * @param documents [n][dim], in the order of their arrival
 * @param queries [queries][dim]
 * @param similarity of the field
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record SceneData(
    String name, float[][] documents, float[][] queries, VectorSimilarityFunction similarity) {

  int size() {
    return documents.length;
  }

  int dim() {
    return documents[0].length;
  }

  /** Returns Lucene's score of a document. */
  float score(int query, int row) {
    return similarity.compare(queries[query], documents[row]);
  }

  SceneData named(String other) {
    return new SceneData(other, documents, queries, similarity);
  }

  SceneData withDocuments(float[][] other) {
    return new SceneData(name, other, queries, similarity);
  }

  SceneData withQueries(float[][] other) {
    return new SceneData(name, documents, other, similarity);
  }
}
