package io.github.luceneivf.quantization;

/**
 * A rotated query as integers in bit planes: component i ≈ {@code delta} × Σ 16^k digit_ik with
 * digits in [−8, 7], each digit four planes as {@code VectorKernel.bitDots} wants them.
 *
 * @param planes [digits][words × 4], the lowest digit first
 * @param delta step of the quantization
 * @param sum sum of the integers over all components
 */
@SuppressWarnings("ArrayRecordComponent") // shared within the package, never modified
record QueryPlanes(int[][] planes, float delta, int sum) {

  static final int MAX_DIGITS = 3;

  /** Step of the best uniform 16-level quantizer of a unit Gaussian (Max, 1960, table II). */
  private static final float GAUSSIAN_STEP = 0.3352f;

  /** Quantizes [paddedDim] values. */
  static QueryPlanes of(float[] values, int digits) {
    float delta = digits == 1 ? bestStep(values) : widestStep(values, digits);
    int[][] planes = new int[digits][values.length / Integer.SIZE * 4];
    float inverse = 1 / delta;
    if (!(delta > 0 && inverse <= Float.MAX_VALUE)) {
      return new QueryPlanes(planes, 0, 0);
    }
    int ones = ones(digits);
    int sum = 0;
    for (int i = 0; i < values.length; i++) {
      int value = quantize(values[i], inverse, ones);
      sum += value;
      int word = i / Integer.SIZE * 4;
      int bit = i % Integer.SIZE;
      for (int k = 0; k < digits; k++) {
        int digit = ((value + 8) & 15) - 8;
        value = (value - digit) >> 4;
        int[] target = planes[k];
        target[word] |= (digit & 1) << bit;
        target[word + 1] |= (digit >>> 1 & 1) << bit;
        target[word + 2] |= (digit >>> 2 & 1) << bit;
        target[word + 3] |= (digit >>> 3 & 1) << bit;
      }
    }
    return new QueryPlanes(planes, delta, sum);
  }

  /** 1, 17 or 273: integers of so many digits lie in [−8 × ones, 7 × ones]. */
  private static int ones(int digits) {
    return ((1 << (4 * digits)) - 1) / 15;
  }

  private static int quantize(float value, float inverse, int ones) {
    return (int) Math.clamp(Math.rint(value * inverse), -8 * ones, 7 * ones);
  }

  /** The step that clips nothing: integers end lower above zero than below. */
  private static float widestStep(float[] values, int digits) {
    float min = 0;
    float max = 0;
    for (float value : values) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    float ones = ones(digits);
    float step = Math.max(max / (7 * ones + 0.5f), -min / (8 * ones + 0.5f));
    return step <= Float.MAX_VALUE ? step : 0;
  }

  /** Clips nothing, or like a Gaussian: whichever gives the smaller squared error. */
  private static float bestStep(float[] values) {
    float widest = widestStep(values, 1);
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    float gaussian = GAUSSIAN_STEP * (float) Math.sqrt(sum / values.length);
    return gaussian < widest && error(values, gaussian) < error(values, widest) ? gaussian : widest;
  }

  private static double error(float[] values, float delta) {
    float inverse = 1 / delta;
    double sum = 0;
    for (float value : values) {
      float diff = value - delta * quantize(value, inverse, 1);
      sum += (double) diff * diff;
    }
    return sum;
  }
}
