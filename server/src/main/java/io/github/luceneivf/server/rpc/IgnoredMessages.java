// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.grpc.stub.StreamObserver;

/**
 * Takes what still comes of a refused call. Stateless.
 *
 * @param <T> message
 */
final class IgnoredMessages<T> implements StreamObserver<T> {

  @Override
  public void onNext(T message) {}

  @Override
  public void onError(Throwable t) {}

  @Override
  public void onCompleted() {}
}
