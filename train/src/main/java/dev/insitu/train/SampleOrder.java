package dev.insitu.train;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Which samples each step takes: all of them once in each round, in an order of its own. What is
 * left of a round below a whole batch is left out. Follows from the seed and the step alone, so
 * that training goes on anywhere.
 */
final class SampleOrder {

  private final int count;
  private final int batch;
  private final long seed;
  private int round = -1;
  private int[] order = {};

  SampleOrder(int count, int batch, long seed) {
    if (count < batch) {
      throw new TrainException(
          "There are " + count + " samples, fewer than a batch of " + batch + ".");
    }
    this.count = count;
    this.batch = batch;
    this.seed = seed;
  }

  int stepsPerRound() {
    return count / batch;
  }

  int[] samples(int step) {
    int wanted = step / stepsPerRound();
    if (wanted != round) {
      order = shuffled(wanted);
      round = wanted;
    }
    int from = step % stepsPerRound() * batch;
    return java.util.Arrays.copyOfRange(order, from, from + batch);
  }

  /** The random numbers of one step. */
  RandomGenerator random(int step) {
    return new SplittableRandom(mixed(seed, 2L * step));
  }

  private int[] shuffled(int number) {
    int[] shuffled = new int[count];
    RandomGenerator random = new SplittableRandom(mixed(seed, 2L * number + 1));
    for (int i = 0; i < count; i++) {
      int k = random.nextInt(i + 1);
      shuffled[i] = shuffled[k];
      shuffled[k] = i;
    }
    return shuffled;
  }

  /** Seeds that follow each other must not give the same numbers shifted. */
  static long mixed(long seed, long number) {
    return new SplittableRandom(seed ^ number * 0x9E3779B97F4A7C15L).nextLong();
  }
}
