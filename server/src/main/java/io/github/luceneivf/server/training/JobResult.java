package io.github.luceneivf.server.training;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingReport;

/**
 * What a succeeded job leaves.
 *
 * @param codebook binary form, shared and not to be modified
 * @param id content hash
 * @param version version of the codebook
 * @param calibration recall by nprobe
 * @param report how the training went
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, see above
record JobResult(
    byte[] codebook, CodebookId id, int version, Calibration calibration, TrainingReport report) {

  static JobResult of(TrainedCodebook trained) {
    return new JobResult(
        trained.codebook().toBytes(),
        trained.codebook().id(),
        trained.codebook().lineage().version(),
        trained.calibration(),
        trained.report());
  }
}
