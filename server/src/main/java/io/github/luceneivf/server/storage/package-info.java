/**
 * Files that survive a crash: written beside their place, synced, moved there; every byte under a
 * checksum; nothing touched that is not the server's own; a lack of room told from other faults.
 * Knows nothing of what is in them. Internal.
 */
@NullMarked
package io.github.luceneivf.server.storage;

import org.jspecify.annotations.NullMarked;
