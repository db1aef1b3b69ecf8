/**
 * The sidecar as a whole: {@link io.github.luceneivf.server.SidecarServer} puts the services
 * together, starts and stops them; {@link io.github.luceneivf.server.SidecarProcess} runs all that
 * in a process of its own. Internal but for these two.
 */
@NullMarked
package io.github.luceneivf.server;

import org.jspecify.annotations.NullMarked;
