// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codec.file.ListStatistics;

/**
 * Lists of a segment and how their codebook fits.
 *
 * @param codebook their codebook
 * @param vectors in all of them
 * @param sizes [nlist] entries of each, shared
 * @param statistics how well the codebook fits
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, never compared
public record FittedLists(Codebook codebook, int vectors, int[] sizes, ListStatistics statistics) {}
