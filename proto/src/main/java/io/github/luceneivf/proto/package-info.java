/**
 * Vectors, codebooks and checksums on the wire. Everything else of the contract is generated from
 * the {@code .proto} files into {@code proto.v1}; only the adapters of client and server see it.
 * Internal.
 */
package io.github.luceneivf.proto;
