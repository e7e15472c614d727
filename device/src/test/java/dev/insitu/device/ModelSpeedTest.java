package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.runtime.Answer;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSpeedTest {

  private static final ModelName NAME = ModelName.parse("chain:2");

  @TempDir private Path directory;
  private Manifest model;
  private double macs;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    model = TestPackage.random("chain", "1", 2, 16, 1).manifest;
    macs = model.segments().stream().mapToDouble(SegmentSpec::macs).sum();
    assertTrue(macs > 0);
    file = directory.resolve("speed");
  }

  private DeviceSpeed open() {
    return new DeviceSpeed(file, StoreGate.OPEN);
  }

  private void take(ModelSpeed speed, double share, double seconds) {
    String input = model.inputs().get(0).name();
    Map<String, Tensor> inputs = Map.of(input, Tensor.zeros(ElementType.FLOAT32, 1, 16));
    OptionalDouble done = OptionalDouble.of(share);
    speed.took(model, inputs, new Answer(Map.of(), 2, OptionalInt.empty(), done), seconds);
  }

  @Test
  void theMedianOfWarmInferencesCounts() {
    ModelSpeed speed = new ModelSpeed();
    for (double seconds : new double[] {9, 9, 0.5, 0.25}) {
      take(speed, 1, seconds);
    }
    assertTrue(speed.macsPerSecond().isEmpty());
    take(speed, 1, 100); // something else was going on
    assertEquals(macs / 0.5, speed.macsPerSecond().orElseThrow(), 1e-6);
    for (int i = 0; i < 20; i++) {
      take(speed, 0.5, 0.1);
    }
    assertEquals(0.5 * macs / 0.1, speed.macsPerSecond().orElseThrow(), 1e-6);
  }

  @Test
  void whatWasMeasuredOutlastsTheProcess() throws IOException {
    DeviceSpeed speed = open();
    assertTrue(speed.macsPerSecond(NAME).isEmpty());
    speed.keep();
    assertTrue(Files.notExists(file));
    for (int i = 0; i < 5; i++) {
      take(speed.of(NAME), 1, 0.25);
    }
    speed.keep();
    assertEquals(4 * macs, open().macsPerSecond(NAME).orElseThrow(), 1e-6);
    assertEquals(4 * macs, open().macsPerSecond(ModelName.parse("chain")).orElseThrow(), 1e-6);
    assertTrue(open().macsPerSecond(ModelName.parse("other")).isEmpty());
    OptionalDouble any = open().macsPerSecond(); // measured now, and kept beside it
    assertEquals(any, open().macsPerSecond());
    assertEquals(4 * macs, open().macsPerSecond(NAME).orElseThrow(), 1e-6);
  }

  @Test
  void anotherMachinesSpeedsAreForgotten() throws IOException {
    for (String text : new String[] {"other 1\n1e9\n1e8 chain\n", "", "\n\n\n", "x"}) {
      Files.write(file, text.getBytes(StandardCharsets.UTF_8));
      assertTrue(open().macsPerSecond(NAME).isEmpty(), text);
    }
  }
}
