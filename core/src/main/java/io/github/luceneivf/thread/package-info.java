/** Threads whose work can wait. Internal. */
@NullMarked
package io.github.luceneivf.thread;

import org.jspecify.annotations.NullMarked;
