package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpeedTestTest {

  @Test
  void aSpeedIsMeasured() {
    double speed = SpeedTest.macsPerSecond();
    assertTrue(speed > 1e6 && speed < 1e15, speed + " MAC/s");
  }

  @Test
  void theGraphIsAConvolution() throws Exception {
    var environment = OnnxEnvironment.get().environment();
    long[] image = {1, 2, 3, 3};
    long[] kernel = {1, 2, 3, 3};
    float[] ones = new float[18];
    java.util.Arrays.fill(ones, 1);
    try (OrtSession session = environment.createSession(ConvolutionGraph.bytes(image, kernel));
        OnnxTensor x = OnnxTensor.createTensor(environment, FloatBuffer.wrap(ones), image);
        OnnxTensor w = OnnxTensor.createTensor(environment, FloatBuffer.wrap(ones), kernel);
        OrtSession.Result result = session.run(Map.of("x", x, "w", w))) {
      float[][][][] y = (float[][][][]) result.get("y").orElseThrow().getValue();
      assertEquals(18, y[0][0][1][1]);
      assertEquals(8, y[0][0][0][0]);
    }
  }
}
