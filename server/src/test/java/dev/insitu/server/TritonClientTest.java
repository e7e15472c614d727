package dev.insitu.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.demo.ShapesModel;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Java client of the Triton Inference Server, in a process of its own, gets what ONNX Runtime
 * computes.
 */
class TritonClientTest {

  private static final Path CLIENT = Path.of("target", "foreign", "java-api.jar");
  private static final String PROGRAM = "AskByTriton.java";

  @TempDir private Path scratch;

  @Test
  void itsRequestsInNumbersAndInBytesAreAnsweredAndRefusedAsItUnderstands() throws Exception {
    Path onnx = Files.write(scratch.resolve("shapes.onnx"), ShapesModel.onnx());
    Tensor pictures = Served.random(5, 2, 3, 32, 32);
    try (Fixture fixture = Fixture.start(scratch);
        Served shapes = Served.pack(onnx, "shapes", 4, scratch)) {
      fixture.server().library().publish(shapes.file);
      List<String> lines = ask(fixture, pictures);
      Map<String, Tensor> expected = shapes.original.run(Map.of(ShapesModel.INPUT, pictures));
      assertEquals(9, lines.size(), lines::toString);
      for (int i = 0; i < 8; i += 2) {
        assertEquals("shapes id-7", lines.get(i));
        Served.assertNear(expected, Map.of(ShapesModel.OUTPUT, answer(lines.get(i + 1))));
      }
      assertTrue(lines.get(8).startsWith("refused: "), lines.get(8));
      assertTrue(lines.get(8).contains("Model 'shapes' has no input 'wrong'"), lines.get(8));
      assertFalse(lines.get(8).contains("Malformed"), lines.get(8));
    }
  }

  private List<String> ask(Fixture fixture, Tensor pictures) throws Exception {
    Path program = scratch.resolve(PROGRAM);
    try (InputStream in =
        Objects.requireNonNull(TritonClientTest.class.getResourceAsStream(PROGRAM))) {
      Files.copy(in, program);
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                java,
                "-cp",
                CLIENT.toString(),
                program.toString(),
                "127.0.0.1:" + fixture.server().port(),
                "shapes",
                ShapesModel.INPUT,
                "2,3,32,32",
                floats(pictures).toString(),
                ShapesModel.OUTPUT)
            .redirectError(scratch.resolve("log.txt").toFile())
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), Files.readString(scratch.resolve("log.txt")));
    return out.lines().toList();
  }

  private Path floats(Tensor tensor) throws IOException {
    float[] values = tensor.floats();
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Files.write(scratch.resolve("pictures.bin"), bytes.array());
  }

  private static Tensor answer(String line) {
    String[] numbers = line.substring(1, line.length() - 1).split(", ", -1);
    float[] values = new float[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(numbers[i]);
    }
    return Tensor.of(values, 2, numbers.length / 2);
  }
}
