package dev.insitu.benchmarks.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeastSquaresTest {

  @Test
  void aDenseLayerIsFoundAgain() {
    Random random = new Random(1);
    float[][] weights = {{1, -2, 0.5f}, {0, 3, -1}};
    float[] bias = {0.25f, -4};
    List<float[]> inputs = new ArrayList<>();
    List<float[]> outputs = new ArrayList<>();
    for (int sample = 0; sample < 200; sample++) {
      float[] x = {random.nextFloat(), random.nextFloat(), random.nextFloat()};
      float[] y = bias.clone();
      for (int i = 0; i < y.length; i++) {
        for (int j = 0; j < x.length; j++) {
          y[i] += weights[i][j] * x[j];
        }
      }
      inputs.add(x);
      outputs.add(y);
    }
    float[][] found = LeastSquares.fit(inputs, outputs, 1e-9);
    for (int i = 0; i < 6; i++) {
      assertEquals(weights[i / 3][i % 3], found[0][i], 1e-3);
    }
    assertEquals(bias[0], found[1][0], 1e-3);
    assertEquals(bias[1], found[1][1], 1e-3);
  }
}
