package dev.insitu.examples.train;

/**
 * How the network is trained: stochastic gradient descent with momentum, the rate rising over the
 * first steps and then falling with a half cosine. Every epoch draws new pictures.
 *
 * @param epochs number of checkpoints on the way
 * @param imagesPerEpoch a multiple of {@code batch}
 * @param batch images per step
 * @param peakRate largest learning rate
 * @param momentum 0 to 1
 * @param weightDecay pull towards 0, per step and unit of learning rate
 */
record Recipe(
    int epochs, int imagesPerEpoch, int batch, float peakRate, float momentum, float weightDecay) {

  private static final double WARM_UP_SHARE = 0.05;

  Recipe {
    if (epochs < 1 || batch < 1 || imagesPerEpoch < batch || imagesPerEpoch % batch != 0) {
      throw new IllegalArgumentException(
          "recipe: %d epochs of %d images in batches of %d is not a whole number of steps%nMaybe choose a multiple of the batch"
              .formatted(epochs, imagesPerEpoch, batch));
    }
  }

  static Recipe of(int epochs, int imagesPerEpoch, int batch) {
    return new Recipe(epochs, imagesPerEpoch, batch, 0.1f, 0.9f, 5e-4f);
  }

  int stepsPerEpoch() {
    return imagesPerEpoch / batch;
  }

  int steps() {
    return epochs * stepsPerEpoch();
  }

  /** The learning rate of a step, counted from 0. */
  float rate(int step) {
    double warmUp = Math.max(1, WARM_UP_SHARE * steps());
    if (step < warmUp) {
      return (float) (peakRate * (step + 1) / (warmUp + 1));
    }
    double done = (step - warmUp) / Math.max(1, steps() - warmUp);
    return (float) (peakRate * 0.5 * (1 + Math.cos(Math.PI * done)));
  }
}
