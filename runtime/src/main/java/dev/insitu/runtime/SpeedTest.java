package dev.insitu.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * How fast this device computes: multiply-accumulates in a second of a convolution of 3 by 3 in the
 * engine and with the threads that models run with. Takes some ten milliseconds; a device of a
 * million multiply-accumulates in a second takes some seconds.
 */
public final class SpeedTest {

  private static final int RUNS = 3;
  private static final int SMALL = 16; // channels and pixels a side: 0.6 million
  private static final int LARGE = 48; // 48 million
  private static final double SHORT_SECONDS = 0.01; // too short to tell a fast device's speed

  private SpeedTest() {}

  /**
   * Measures.
   *
   * @return multiply-accumulates in a second, of the fastest of three runs
   * @throws InferenceException ENGINE if the engine fails
   */
  public static double macsPerSecond() {
    double small = seconds(SMALL);
    return small < SHORT_SECONDS ? macs(LARGE) / seconds(LARGE) : macs(SMALL) / small;
  }

  private static double macs(int size) {
    return 9.0 * size * size * size * size;
  }

  private static double seconds(int size) {
    OnnxEnvironment engine = OnnxEnvironment.get();
    OrtEnvironment environment = engine.environment();
    long[] image = {1, size, size, size};
    long[] kernel = {size, size, 3, 3};
    try (SessionOptions options = engine.options(Optimisation.BASIC);
        OrtSession session =
            environment.createSession(ConvolutionGraph.bytes(image, kernel), options);
        OnnxTensor x = ones(environment, image);
        OnnxTensor w = ones(environment, kernel)) {
      double best = Double.MAX_VALUE;
      for (int run = 0; run <= RUNS; run++) { // the first warms up
        long begin = System.nanoTime();
        session.run(Map.of("x", x, "w", w)).close();
        double seconds = (System.nanoTime() - begin) * 1e-9;
        best = run == 0 ? best : Math.min(best, seconds);
      }
      return Math.max(best, 1e-9);
    } catch (OrtException e) {
      throw Engine.failure("The speed of this device cannot be measured", e);
    }
  }

  private static OnnxTensor ones(OrtEnvironment environment, long[] shape) throws OrtException {
    int count = 1;
    for (long length : shape) {
      count *= (int) length;
    }
    float[] values = new float[count];
    java.util.Arrays.fill(values, 1);
    return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
  }
}
