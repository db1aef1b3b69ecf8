// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Tells one client about one job: every phase at least once, within a phase what it can take, and
 * the present status when asked to by {@link #heartbeat()}. Thread-safe.
 */
final class JobWatch implements Consumer<JobStatus> {

  private final ServerCallStreamObserver<WatchJobResponse> client;
  private final Deque<JobStatus> pending = new ArrayDeque<>();
  private JobStatus last = JobStatus.CREATED;
  private boolean ended;

  JobWatch(ServerCallStreamObserver<WatchJobResponse> client) {
    this.client = client;
  }

  /** Takes a change. */
  @Override
  public synchronized void accept(JobStatus status) {
    JobStatus newest = pending.peekLast();
    if (newest != null && newest.samePhase(status)) {
      pending.removeLast();
    }
    pending.addLast(status);
    last = status;
    send();
  }

  /** Repeats the last status if nothing else waits to be sent. */
  synchronized void heartbeat() {
    if (pending.isEmpty() && !ended) {
      pending.addLast(last);
    }
    send();
  }

  /** Sends what the client can take. */
  synchronized void send() {
    while (!ended && client.isReady() && !pending.isEmpty()) {
      JobStatus status = pending.removeFirst();
      client.onNext(
          WatchJobResponse.newBuilder().setProgress(JobMessages.progress(status)).build());
      if (status.state().isFinal()) {
        ended = true;
        client.onCompleted();
      }
    }
  }

  /** Sends nothing more. */
  synchronized void stop() {
    ended = true;
    pending.clear();
  }
}
