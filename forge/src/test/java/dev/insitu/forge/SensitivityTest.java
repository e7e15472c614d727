package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.model.Weight;
import dev.insitu.model.WeightRole;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SensitivityTest {

  private static TensorScan.Scanned scan(Weight weight) {
    return new TensorScan().scan(weight);
  }

  private static TensorScan.Scanned matrix(int rows, int columns, double deviation) {
    float[] values = Onnx.normal(new Random(rows), rows * columns, deviation);
    return scan(Weights.floats("w" + rows, values, rows, columns));
  }

  @Test
  void anErrorCountsRelativeToTheTensorsPower() {
    Sensitivity all = Sensitivity.ofWeightsAlone(List.of(matrix(64, 64, 0.1), matrix(65, 64, 10)));
    assertEquals(1e-4, all.perSquaredError(1) / all.perSquaredError(0), 1e-5);
    assertEquals(1 / (0.01 * 64 * 64), all.perSquaredError(0), 1e-3);
  }

  @Test
  void smallTensorsHaveFinerSteps() {
    Sensitivity all = Sensitivity.ofWeightsAlone(List.of(matrix(16, 16, 1), matrix(256, 256, 1)));
    assertEquals(4, all.relativeStep(1) / all.relativeStep(0), 1e-9); // fourth root of 256
    assertTrue(all.relativeStep(0) < 1 && all.relativeStep(1) >= 1);
  }

  @Test
  void stepsOfTheOddestTensorsStayWithinBounds() {
    Sensitivity all = Sensitivity.ofWeightsAlone(List.of(matrix(8, 8, 1), matrix(2048, 512, 1)));
    assertTrue(all.relativeStep(0) >= 0.25);
    assertTrue(all.relativeStep(1) <= 4);
  }

  @Test
  void zerosBytesAndEmptyTensorsHaveNoSensitivity() {
    TensorScan.Scanned zeros = scan(Weights.floats("z", new float[100], 10, 10));
    TensorScan.Scanned bytes =
        scan(Weights.of("b", ElementType.INT64, WeightRole.OTHER, ByteBuffer.allocate(80), 10));
    TensorScan.Scanned empty = scan(Weights.floats("e", new float[0], 0, 10));
    Sensitivity all = Sensitivity.ofWeightsAlone(List.of(zeros, bytes, empty));
    for (int tensor = 0; tensor < 3; tensor++) {
      assertEquals(0, all.perSquaredError(tensor));
      assertTrue(all.relativeStep(tensor) > 0 && all.relativeStep(tensor) <= 4);
    }
  }
}
