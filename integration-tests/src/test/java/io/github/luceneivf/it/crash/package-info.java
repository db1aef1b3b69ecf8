/**
 * Processes that write an index and are killed while they do, and what is left on the disk then.
 * Tests only.
 */
@NullMarked
package io.github.luceneivf.it.crash;

import org.jspecify.annotations.NullMarked;
