// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

/**
 * Where the true neighbours of one question are found.
 *
 * @param remoteness of the question
 * @param listRanks [neighbours] rank of the list of each, nearest neighbour first, from 1
 * @param depths [neighbours] its rank among all vectors by approximate distance, from 1; empty if
 *     that was not judged
 * @param asked whether the question is of the query sample
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of figures, never compared
record Judgement(float remoteness, int[] listRanks, int[] depths, boolean asked) {}
