package dev.insitu.benchmarks.scenarios;

import dev.insitu.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Inputs for detectors of voice activity, as the widespread one takes them. */
final class Voice {

  private static final int COUNT = 2;
  private static final int WINDOW = 576;
  private static final int STATE = 128;
  private static final long SAMPLES_PER_SECOND = 16_000;

  private Voice() {}

  /** Windows of sound float[1][576], each with a fresh state and the sampling rate. */
  static List<Map<String, Tensor>> questions() {
    List<Map<String, Tensor>> questions = new ArrayList<>();
    for (int question = 0; question < COUNT; question++) {
      float[] sound = new float[WINDOW];
      SplittableRandom random = new SplittableRandom(question);
      for (int i = 0; i < WINDOW; i++) {
        sound[i] = (float) (0.3 * Math.sin(0.08 * i) + 0.05 * random.nextGaussian());
      }
      questions.add(
          Map.of(
              "input", Tensor.of(sound, 1, WINDOW),
              "state", Tensor.of(new float[2 * STATE], 2, 1, STATE),
              "sr", Tensor.of(new long[] {SAMPLES_PER_SECOND})));
    }
    return questions;
  }
}
