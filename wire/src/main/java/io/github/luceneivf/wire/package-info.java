/**
 * What client and server say to each other, each message written and read in one place: vectors and
 * codebooks in chunks, checksums, specifications, reports, calibrations, names. Types of {@code
 * core} come in and messages of {@code proto.v1} go out, and back; what cannot be right is a {@link
 * io.github.luceneivf.wire.WireException}. Internal.
 */
@NullMarked
package io.github.luceneivf.wire;

import org.jspecify.annotations.NullMarked;
