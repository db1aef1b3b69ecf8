/**
 * Elasticsearch's inverted file DiskBBQ as a contender: its format writes and reads, its queries
 * search, only public classes of it are called. Internal.
 */
@NullMarked
package io.github.luceneivf.benchmarks.diskbbq;

import org.jspecify.annotations.NullMarked;
