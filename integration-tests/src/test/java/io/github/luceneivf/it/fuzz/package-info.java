/**
 * Bytes that nobody has written: what reads files, codebooks, messages and calls gets inputs that a
 * fuzzer makes ({@code FuzzIT}), and those that once did harm ({@code FuzzInputsTest}). A target is
 * a class with a method {@code fuzzerTestOneInput(byte[])} that throws what must not happen.
 */
package io.github.luceneivf.it.fuzz;
