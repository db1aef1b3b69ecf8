/**
 * The sidecar as a whole: {@link io.github.luceneivf.server.SidecarServer} puts the services
 * together, starts and stops them. Internal but for that class.
 */
@NullMarked
package io.github.luceneivf.server;

import org.jspecify.annotations.NullMarked;
