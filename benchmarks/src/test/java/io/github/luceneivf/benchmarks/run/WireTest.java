// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.contender.AbortedMerges;
import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.RowFilter;
import io.github.luceneivf.benchmarks.contender.Setting;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireTest {

  private static final Setting SETTING = Setting.defaults("M16").with("ef", 40).with("rescored", 1);

  @Test
  void jobsComeBackAsTheyWere() throws IOException {
    List<Job<?>> jobs =
        List.of(
            new AbortJob("M16", 7070, "segments", "folder", new AbortedMerges.Limits(8, 60, 600.5)),
            new BuildJob("M16", Layout.SEGMENTS, "folder"),
            new CloseJob(),
            new ColdJob(SETTING, 50, 1.5),
            new DecayJob(50, "folder"),
            new DeleteJob("folder"),
            new DescribeJob(1000, Layout.FLUSHED),
            new DistinctJob(SETTING, 5),
            new LearnJob("M16", "folder"),
            new MeasureJob(SETTING, Half.REPORT, new RowFilter("file", true), 0.2),
            new OpenJob("M16", "folder"),
            new OpeningJob(SETTING, "folder"),
            new RebuildJob("M16", Layout.MERGED, "folder"),
            new ThreadsJob(SETTING, 2, 3),
            new TrafficJob(7070, "folder", 1.5),
            new WarmUpJob(List.of(SETTING), 1, 2));
    assertEquals(Job.class.getPermittedSubclasses().length, jobs.size());
    for (Job<?> job : jobs) {
      assertEquals(job, Wire.readJob(Wire.job(job)));
    }
  }

  @Test
  void figuresThatWereNotMeasuredStayUnknown() throws IOException {
    Measured sent =
        new Measured(new int[] {1, -1}, Measured.Times.means(2, 3), 4, Double.NaN, Double.NaN);
    Measured read = Wire.readAnswer(Wire.answer(sent), Measured.class);
    assertEquals(sent.times(), read.times());
    assertTrue(Double.isNaN(read.visited()));
  }

  @Test
  void errorsOfWorkersAreThrown() {
    WorkerException e =
        assertThrows(
            WorkerException.class,
            () -> Wire.readAnswer(Wire.error(new IOException("disk full")), Job.Done.class));
    assertEquals("java.io.IOException: disk full", e.getMessage());
  }
}
