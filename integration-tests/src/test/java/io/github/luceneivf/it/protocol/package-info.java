/** The example of {@code docs/protocol.md}, run against a server. Internal. */
@NullMarked
package io.github.luceneivf.it.protocol;

import org.jspecify.annotations.NullMarked;
