/**
 * What filters accept, and what is to be found under them: restrictions of the rows of a data set,
 * the same for all queries or one for each, and the exact neighbours among what they accept. Data
 * sets and tags come in, sets of rows and judgements go out; nothing here searches an index.
 * Internal.
 */
@NullMarked
package io.github.luceneivf.benchmarks.filter;

import org.jspecify.annotations.NullMarked;
