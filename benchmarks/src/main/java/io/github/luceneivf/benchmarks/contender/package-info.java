/**
 * Who competes: each contender indexes the same vectors and answers the same queries in its own
 * way, and says which settings are worth trying. Vectors and tags come in, index folders and row
 * numbers go out; nothing here measures or judges. Internal.
 */
@NullMarked
package io.github.luceneivf.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
