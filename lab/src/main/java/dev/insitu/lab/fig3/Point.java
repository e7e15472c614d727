package dev.insitu.lab.fig3;

import dev.insitu.lab.LabException;

/**
 * One measured sub-model.
 *
 * @param model which one, within technique and re-training; no comma
 * @param bytes of its weights as they are sent
 * @param size the bytes as a share of the root's float32 weights
 * @param bitErrorRate share of wrong bits among those sent; 0 for a link without errors
 * @param accuracy share of the test pictures that it answers rightly
 * @param pictures how many those were
 */
public record Point(
    Technique technique,
    Retraining retraining,
    String model,
    long bytes,
    double size,
    double bitErrorRate,
    double accuracy,
    int pictures) {

  public Point {
    boolean shares = accuracy >= 0 && accuracy <= 1 && bitErrorRate >= 0 && bitErrorRate <= 1;
    if (!shares
        || bytes < 0
        || !(size >= 0)
        || pictures < 1
        || model.matches("(?s).*[,\\r\\n].*")) {
      throw new LabException(
          "A point '"
              + model
              + "' of "
              + bytes
              + " bytes, size "
              + size
              + ", bit error rate "
              + bitErrorRate
              + ", accuracy "
              + accuracy
              + " on "
              + pictures
              + " pictures is none.");
    }
  }

  /** The same model as an end of another technique's curve. */
  Point of(Technique other) {
    return new Point(other, retraining, model, bytes, size, bitErrorRate, accuracy, pictures);
  }

  /** Whether the other one is of the same sub-model under the same conditions. */
  boolean isOf(Technique some, Retraining how, String which, double errors) {
    return technique == some
        && retraining == how
        && model.equals(which)
        && Double.compare(bitErrorRate, errors) == 0;
  }
}
