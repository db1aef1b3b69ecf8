/**
 * What is done below gRPC's calls, on its connections: so many at a time, and messages refused by
 * their announced size before they are received. It builds on Netty and on interfaces of gRPC that
 * are not promised to stay. Internal.
 */
@NullMarked
package io.github.luceneivf.server.transport;

import org.jspecify.annotations.NullMarked;
