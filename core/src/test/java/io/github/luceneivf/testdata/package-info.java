/** Seeded vectors, exact neighbours and recall, for the tests of all modules. */
@NullMarked
package io.github.luceneivf.testdata;

import org.jspecify.annotations.NullMarked;
