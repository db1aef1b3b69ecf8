// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.proto.v1.ListJobsRequest;
import io.github.luceneivf.proto.v1.ListJobsResponse;
import io.github.luceneivf.server.rpc.PageSize;
import io.github.luceneivf.server.rpc.RequestException;

/**
 * A page of the list of jobs, newest first. The token of a page is the place of its last job among
 * all jobs of this run of the server, so the list goes on whatever became of that job. Stateless.
 */
final class JobPage {

  private JobPage() {}

  /**
   * Returns the page that is asked for.
   *
   * @throws RequestException if the request can never work, or the token is of another run
   */
  static ListJobsResponse of(JobRegistry jobs, ListJobsRequest request) {
    int size = PageSize.of(request.getPageSize());
    long before = before(jobs, request.getPageToken());
    ListJobsResponse.Builder page = ListJobsResponse.newBuilder();
    long last = 0;
    for (TrainingJob job : jobs.list()) {
      if (job.number() >= before) {
        continue;
      }
      if (page.getJobsCount() == size) {
        return page.setNextPageToken(jobs.run() + "-" + last).build();
      }
      page.addJobs(JobMessages.job(job));
      last = job.number();
    }
    return page.build();
  }

  private static long before(JobRegistry jobs, String token) {
    if (token.isEmpty()) {
      return Long.MAX_VALUE;
    }
    String run = jobs.run() + "-";
    try {
      if (token.startsWith(run)) {
        return Long.parseLong(token.substring(run.length()));
      }
    } catch (NumberFormatException e) {
      // As any other wrong token.
    }
    throw RequestException.invalid("page_token must be one of a page before, of this run");
  }
}
