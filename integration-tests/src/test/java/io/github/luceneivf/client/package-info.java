/**
 * Tests that look at the messages of the client, in its own package so that they can give it a
 * channel that listens. Internal.
 */
package io.github.luceneivf.client;
