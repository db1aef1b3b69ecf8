// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.Questions.Kind;
import io.github.luceneivf.testdata.VectorGenerators;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuestionsTest {

  private static final int DIM = 24;
  private static final int HELD = 100;
  private static final double SPREAD = 2;

  private static PreparedSample sample(Metric metric, int held, int asked) {
    FloatMatrix all = VectorGenerators.clusters(held + asked + 10, DIM, 8, 0.4, 3);
    VectorSpace space = VectorSpace.fitting(metric, all.values());
    space.map(all.values(), 0, all.rows(), DIM);
    return new PreparedSample(
        space,
        VectorGenerators.slice(all, 0, 10),
        VectorGenerators.slice(all, 10, 10 + held),
        VectorGenerators.slice(all, 10 + held, all.rows()));
  }

  private static int count(Questions questions, Kind kind) {
    int count = 0;
    for (int q = 0; q < questions.size(); q++) {
      count += questions.kind(q) == kind ? 1 : 0;
    }
    return count;
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void everyKindIsAskedInItsShare(Metric metric) {
    Questions questions = Questions.of(sample(metric, HELD, 7), SPREAD, 5);
    assertEquals(50, count(questions, Kind.MEMBER));
    assertEquals(7 * 8, count(questions, Kind.MOVED));
    assertEquals(25, count(questions, Kind.ALONE));
    assertEquals(7, count(questions, Kind.ASKED));
    assertEquals(50 + 56 + 25 + 7, questions.size());
  }

  @Test
  void eachKindIsAskedOnceAtLeastUnlessNothingIsHeldOut() {
    Questions one = Questions.of(sample(Metric.EUCLIDEAN, 1, 0), SPREAD, 5);
    assertEquals(1, count(one, Kind.MEMBER));
    assertEquals(7, count(one, Kind.MOVED));
    assertEquals(1, count(one, Kind.ALONE));
    Questions asked = Questions.of(sample(Metric.EUCLIDEAN, 0, 3), SPREAD, 5);
    assertEquals(3, asked.size());
    assertEquals(3, count(asked, Kind.ASKED));
    assertEquals(0, Questions.of(sample(Metric.EUCLIDEAN, 0, 0), SPREAD, 5).size());
  }

  /** What was mapped as a vector is asked as a search would map it: no query is mapped twice. */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void questionsAreMappedAsASearchMapsThem(Metric metric) {
    PreparedSample sample = sample(metric, HELD, 7);
    Questions questions = Questions.of(sample, SPREAD, 5);
    int asked = questions.size() - 7;
    for (int q = 0; q < questions.size(); q++) {
      float[] row = questions.row(q);
      float[] mapped = row.clone();
      switch (questions.kind(q)) {
        case MEMBER -> assertArrayEquals(expected(sample, q), row);
        case ASKED -> assertArrayEquals(sample.askedQueries().row(q - asked), row);
        case MOVED, ALONE -> {
          if (metric != Metric.EUCLIDEAN) {
            sample.space().mapQuery(mapped);
            assertArrayEquals(mapped, row, 1e-6f, questions.kind(q).toString());
          }
        }
      }
    }
  }

  private static float[] expected(PreparedSample sample, int row) {
    float[] expected = sample.queries().row(row);
    if (sample.space().metric() != Metric.EUCLIDEAN) {
      sample.space().mapQuery(expected);
    }
    return expected;
  }

  /** The three lengths of noise, in typical distances from a centroid. */
  @Test
  void noiseIsAsLongAsItSays() {
    PreparedSample sample = sample(Metric.EUCLIDEAN, HELD, 0);
    Questions questions = Questions.of(sample, SPREAD, 5);
    double[] lengths = {0.6, 1.5, 6};
    for (int i = 0; i < 3 * 8; i++) {
      double least = Double.MAX_VALUE;
      double off = Double.MAX_VALUE;
      for (int row = 0; row < HELD; row++) {
        double distance = distance(sample.queries().row(row), questions.row(50 + i));
        least = Math.min(least, distance);
        off = Math.min(off, Math.abs(distance - lengths[i / 8] * SPREAD));
      }
      assertTrue(off < 1e-3, "length " + lengths[i / 8] + ", nearest " + least + ", off " + off);
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < a.length; d++) {
      sum += ((double) a[d] - b[d]) * ((double) a[d] - b[d]);
    }
    return Math.sqrt(sum);
  }

  @Test
  void theSeedDecides() {
    PreparedSample sample = sample(Metric.COSINE, HELD, 0);
    Questions one = Questions.of(sample, SPREAD, 5);
    Questions same = Questions.of(sample, SPREAD, 5);
    Questions other = Questions.of(sample, SPREAD, 6);
    for (int q = 0; q < one.size(); q++) {
      assertArrayEquals(one.row(q), same.row(q));
      if (one.kind(q) == Kind.MOVED) {
        assertNotEquals(Arrays.hashCode(one.row(q)), Arrays.hashCode(other.row(q)));
      }
    }
  }

  @Test
  void someOfThemAreAMatrix() {
    Questions questions = Questions.of(sample(Metric.COSINE, HELD, 0), SPREAD, 5);
    FloatMatrix some = questions.matrix(new int[] {3, 60, 122});
    assertEquals(3, some.rows());
    assertArrayEquals(questions.row(60), some.row(1));
    assertArrayEquals(questions.row(122), some.row(2));
  }

  /** Of members and of queries that users ask; how far others were moved does not count. */
  @Test
  void usualIsWhatThreeOfFourMembersStayBelow() {
    Questions questions = Questions.of(sample(Metric.EUCLIDEAN, HELD, 50), SPREAD, 5);
    float[] remoteness = new float[questions.size()];
    int member = 0;
    for (int q = 0; q < remoteness.length; q++) {
      boolean counts = questions.kind(q) == Kind.MEMBER || questions.kind(q) == Kind.ASKED;
      remoteness[q] = counts ? member++ : 1000;
    }
    assertEquals(100, member);
    assertEquals(75, questions.usual(remoteness));
  }
}
