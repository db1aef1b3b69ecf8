/** Public API: the {@code KnnVectorsFormat}, and with it the specification of the files. */
@NullMarked
package io.github.luceneivf.codec;

import org.jspecify.annotations.NullMarked;
