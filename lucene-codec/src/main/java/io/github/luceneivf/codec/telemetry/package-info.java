/**
 * What is told of indexing: an event for each field of each segment, with what became of the
 * vectors of a merge, and lines in Lucene's info stream. Public API, for listeners; nothing of this
 * decides anything.
 */
@NullMarked
package io.github.luceneivf.codec.telemetry;

import org.jspecify.annotations.NullMarked;
