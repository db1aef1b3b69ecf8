// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.IOException;

/**
 * Something that a worker does for the coordinator. Jobs and answers are records, written as one
 * line of JSON each.
 *
 * @param <A> the answer
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "job")
sealed interface Job<A>
    permits AbortJob,
        BuildJob,
        CloseJob,
        ColdJob,
        DecayJob,
        DeleteJob,
        DescribeJob,
        DistinctJob,
        LearnJob,
        MeasureJob,
        OpenJob,
        OpeningJob,
        RebuildJob,
        ThreadsJob,
        TrafficJob,
        WarmUpJob {

  /** Returns the type of the answer. */
  @JsonIgnore
  Class<A> answer();

  /** Does it, in the worker's process. */
  A run(WorkerState state) throws IOException;

  /** The answer of jobs that have nothing to tell. */
  record Done() {}
}
