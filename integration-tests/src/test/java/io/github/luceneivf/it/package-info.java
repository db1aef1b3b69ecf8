/** End-to-end tests over all modules: recall on real data, merges, crashes. Internal. */
@NullMarked
package io.github.luceneivf.it;

import org.jspecify.annotations.NullMarked;
