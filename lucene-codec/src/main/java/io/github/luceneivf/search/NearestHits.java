// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.probe.ProbeReport;
import org.apache.lucene.search.TopDocs;

/**
 * The answer to an {@link IvfKnnFloatVectorQuery}, {@link IvfKnnByteVectorQuery} or {@link
 * IvfVectorSimilarityQuery} with what it took to find it.
 *
 * @param topDocs the nearest documents, best first, with exact scores
 * @param report what was looked at in segments of this project's format
 */
public record NearestHits(TopDocs topDocs, ProbeReport report) {}
