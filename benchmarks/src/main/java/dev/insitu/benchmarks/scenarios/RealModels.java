package dev.insitu.benchmarks.scenarios;

import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Inputs for released models that do not take just anything. */
final class RealModels {

  private static final int WINDOW = 576;
  private static final int STATE = 128;
  private static final long SAMPLES_PER_SECOND = 16_000;

  private RealModels() {}

  /** A released model with inputs it takes. */
  static Subject subject(String name, Path onnx) {
    try {
      return name.equals("silero-vad") ? voice(name, onnx) : Subjects.users(onnx).withName(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Voice activity detection: a window of sound float[1][576], the state, the sampling rate. */
  private static Subject voice(String name, Path onnx) {
    float[] sound = new float[WINDOW];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < WINDOW; i++) {
      sound[i] = (float) (0.3 * Math.sin(0.08 * i) + 0.05 * random.nextGaussian());
    }
    Map<String, Tensor> question =
        Map.of(
            "input", Tensor.of(sound, 1, WINDOW),
            "state", Tensor.of(new float[2 * STATE], 2, 1, STATE),
            "sr", Tensor.of(new long[] {SAMPLES_PER_SECOND}));
    return new Subject(name, onnx, Optional.empty(), List.of(question), Optional.empty());
  }
}
