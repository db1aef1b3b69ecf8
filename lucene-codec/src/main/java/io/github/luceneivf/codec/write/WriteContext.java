// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import org.apache.lucene.index.SegmentWriteState;

/**
 * A segment while it is written. Whoever made the outputs closes them.
 *
 * @param state what Lucene says of it
 * @param params how it is to be written
 * @param ports who trains and encodes
 * @param outputs its files
 */
record WriteContext(
    SegmentWriteState state, IvfParams params, Ports ports, SegmentOutputs outputs) {}
