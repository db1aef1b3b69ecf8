/**
 * Training jobs: admission, upload of the sample, progress, results. Messages come in through
 * {@link io.github.luceneivf.server.training.TrainingEndpoint}, are checked and translated, and the
 * work is done by core's trainer. Internal.
 */
@NullMarked
package io.github.luceneivf.server.training;

import org.jspecify.annotations.NullMarked;
