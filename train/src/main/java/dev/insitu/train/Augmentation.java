package dev.insitu.train;

/**
 * How pictures are varied while training.
 *
 * @param padding pixels of nothing around a picture, out of which one of the old size is cut
 * @param flip whether half of the pictures are mirrored left to right
 */
public record Augmentation(int padding, boolean flip) {

  /** Pictures as they are. */
  public static final Augmentation NONE = new Augmentation(0, false);

  /** What is usual for pictures of 32 x 32 (He et al. 2015, section 4.2). */
  public static final Augmentation CIFAR = new Augmentation(4, true);

  public Augmentation {
    if (padding < 0 || padding > 64) {
      throw new TrainException("A padding of " + padding + " pixels; it must be 0 to 64.");
    }
  }
}
