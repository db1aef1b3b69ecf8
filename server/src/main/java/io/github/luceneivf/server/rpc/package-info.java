/**
 * What all services share: refusals and their status codes, checks of what was sent, draining.
 * Requests that cannot be served leave here as canonical status codes with the text of the
 * exception. Internal.
 */
@NullMarked
package io.github.luceneivf.server.rpc;

import org.jspecify.annotations.NullMarked;
