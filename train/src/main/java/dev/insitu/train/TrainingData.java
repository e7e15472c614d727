package dev.insitu.train;

import ai.djl.ndarray.NDManager;
import java.util.random.RandomGenerator;

/** Samples to train with. Safe for use by one thread at a time. */
public interface TrainingData {

  /** How many there are. */
  int count();

  /**
   * Some of them.
   *
   * @param scope gets the arrays
   * @param samples their numbers
   * @param random decides how they are varied
   */
  Batch batch(NDManager scope, int[] samples, RandomGenerator random);
}
