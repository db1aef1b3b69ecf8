/**
 * Public API: the sidecar as implementations of core's ports. A {@link
 * io.github.luceneivf.client.SidecarConnection} owns the channel and the threads; {@code Remote…}
 * talk to the sidecar and check every byte of its answers; {@code Fallback…} finish the same work
 * in this process when that fails. The application closes the connection.
 */
@NullMarked
package io.github.luceneivf.client;

import org.jspecify.annotations.NullMarked;
