/**
 * What an operator sets, and what holds the server to it: limits, the memory budget, the data
 * directory. Internal.
 */
@NullMarked
package io.github.luceneivf.server.config;

import org.jspecify.annotations.NullMarked;
