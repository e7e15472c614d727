package dev.insitu.benchmarks.scenarios;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorFileTest {

  @TempDir Path directory;

  @Test
  void returnsWhatWasWritten() throws IOException {
    Map<String, Tensor> tensors =
        Map.of(
            "picture", Tensor.of(new float[] {1, Float.NaN, -0f, 4}, 1, 2, 2),
            "rate", Tensor.of(new long[] {16_000}),
            "empty", Tensor.zeros(ElementType.INT32, 0, 3));
    Path file = directory.resolve("tensors");
    TensorFile.write(file, tensors);
    assertEquals(tensors, TensorFile.read(file));
  }

  @Test
  void answersAreApartByTheLargestDifference() {
    Map<String, Tensor> a = Map.of("y", Tensor.of(new float[] {1, 2, 4}, 3));
    Map<String, Tensor> b = Map.of("y", Tensor.of(new float[] {1, 3, 4}, 3));
    assertEquals(0.25, Answers.difference(a, b));
    assertEquals(0, Answers.difference(a, a));
    Map<String, Tensor> nan = Map.of("y", Tensor.of(new float[] {1, Float.NaN, 4}, 3));
    Map<String, Tensor> shaped = Map.of("y", Tensor.of(new float[] {1, 2, 4}, 1, 3));
    for (Map<String, Tensor> other : List.of(nan, shaped, Map.<String, Tensor>of())) {
      assertEquals(Double.POSITIVE_INFINITY, Answers.difference(a, other));
    }
  }

  @Test
  void meterSurvivesInItsFile() throws IOException {
    Path file = directory.resolve("meter");
    assertEquals(new Meter.Reading(0, 0, 0, 0), Meter.read(file));
    Meter meter = Meter.into(file);
    meter.addContent(5);
    meter.addContent(6);
    meter.addOther(7);
    meter.addRequest(8);
    meter.sockets(99);
    assertEquals(new Meter.Reading(11, 7, 8, 99), Meter.read(file));
    assertEquals(meter.reading(), Meter.read(file));
  }
}
