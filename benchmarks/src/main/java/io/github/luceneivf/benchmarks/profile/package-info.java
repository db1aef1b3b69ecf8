/**
 * Where the time of a query goes: the query path runs under the JDK's flight recorder, and each
 * sample of the stack is counted for the stage it was taken in. Internal.
 */
@NullMarked
package io.github.luceneivf.benchmarks.profile;

import org.jspecify.annotations.NullMarked;
