// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.Peer;
import io.github.luceneivf.server.rpc.RequestException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Jobs by the connection that created them, so that one client does not fill the queue for all.
 * Thread-safe.
 */
final class PeerJobs {

  private final JobRegistry jobs;
  private final int all;
  private final int most;
  private final Map<Peer, Set<TrainingJob>> byPeer = new WeakHashMap<>();

  PeerJobs(JobRegistry jobs, Limits limits) {
    this.jobs = jobs;
    this.all = limits.maxJobs();
    this.most = Limits.perConnection(all);
  }

  /**
   * Admits a job of the present call's connection, or finds the one that does the same already.
   *
   * @throws RequestException if there is no room
   */
  TrainingJob create(JobSpec spec) {
    Set<TrainingJob> own = of(Peer.current());
    synchronized (own) {
      own.removeIf(job -> job.status().state().isFinal());
      boolean again =
          spec.isIdempotent() && own.stream().anyMatch(job -> job.id().equals(spec.jobId()));
      if (!again && own.size() >= most && jobs.unfinished() < all) {
        throw RequestException.exhausted(
            "jobs of one connection must be at most " + most + ", got: " + (own.size() + 1));
      }
      TrainingJob job = jobs.create(spec);
      own.add(job);
      return job;
    }
  }

  private synchronized Set<TrainingJob> of(Peer peer) {
    return byPeer.computeIfAbsent(peer, _ -> new HashSet<>());
  }
}
