/**
 * Codebooks: the service that keeps them on disk by index, field and version, and those used last,
 * in memory, for streams that name one by its id. Internal.
 */
@NullMarked
package io.github.luceneivf.server.codebook;

import org.jspecify.annotations.NullMarked;
