/**
 * Public API: the codebook that segments share, its training report, and the ports by which an
 * index asks for training and encoding, with implementations in this process.
 */
@NullMarked
package io.github.luceneivf.codebook;

import org.jspecify.annotations.NullMarked;
