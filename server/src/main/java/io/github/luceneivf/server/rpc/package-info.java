/**
 * What all services share: room for calls and its shares by connection, streams that come in and
 * their pace, refusals and their status codes, draining. Requests that cannot be served leave here
 * as canonical status codes with the text of the exception. Internal.
 */
@NullMarked
package io.github.luceneivf.server.rpc;

import org.jspecify.annotations.NullMarked;
