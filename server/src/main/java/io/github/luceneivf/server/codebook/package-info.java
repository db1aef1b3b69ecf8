/** Codebooks that this server made or was sent, for streams that name one by its id. Internal. */
@NullMarked
package io.github.luceneivf.server.codebook;

import org.jspecify.annotations.NullMarked;
