/**
 * Files that survive a crash: written beside their place, synced, moved there; every byte under a
 * checksum. Knows nothing of what is in them. Internal.
 */
@NullMarked
package io.github.luceneivf.server.storage;

import org.jspecify.annotations.NullMarked;
