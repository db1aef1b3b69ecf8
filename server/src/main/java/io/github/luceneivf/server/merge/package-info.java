/**
 * Assignment and codes for merges: one stream per segment and field, on a thread of its own while
 * it runs, with bounded memory in both directions. Internal.
 */
@NullMarked
package io.github.luceneivf.server.merge;

import org.jspecify.annotations.NullMarked;
