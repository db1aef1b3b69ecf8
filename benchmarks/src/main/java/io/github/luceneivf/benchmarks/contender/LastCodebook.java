// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.codebook.CodebookSource;
import io.github.luceneivf.codebook.TrainedCodebook;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Knows the codebook that was trained last, of a process that writes one field. Thread-safe. */
public final class LastCodebook implements CodebookSource {

  private volatile @Nullable TrainedCodebook last;

  @Override
  public Optional<TrainedCodebook> latest(String field) {
    return Optional.ofNullable(last);
  }

  @Override
  public void offer(String field, TrainedCodebook trained) {
    last = trained;
  }
}
