/** The command line of the server. Internal but for the main class. */
@NullMarked
package io.github.luceneivf.server.cli;

import org.jspecify.annotations.NullMarked;
