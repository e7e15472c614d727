package dev.insitu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.demo.ShapesModel;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** From a recipe to a package, as a user types it. */
final class ForgeCommandTest {

  private static final int PICTURES = 48;
  private static final int RECORD = 2 + 3 * 32 * 32; // of CIFAR-100

  @TempDir private static Path directory;
  private static Path onnx;

  private record Ran(int status, String out, String err) {}

  private static Ran run(Object... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.line();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    int status = line.execute(Arrays.stream(words).map(Object::toString).toArray(String[]::new));
    return new Ran(status, out.toString(), err.toString());
  }

  @BeforeAll
  static void drawsPictures() throws IOException {
    System.setProperty("insitu.home", directory.resolve("home").toString());
    onnx = Files.write(directory.resolve("shapes.onnx"), ShapesModel.onnx());
    byte[] bytes = new byte[PICTURES * RECORD];
    new Random(4).nextBytes(bytes);
    Files.write(directory.resolve("train.bin"), bytes);
  }

  @AfterAll
  static void forgetsTheHome() {
    System.clearProperty("insitu.home");
  }

  private static Path recipe(String name, String fields) throws IOException {
    return Files.writeString(
        directory.resolve(name + ".json"),
        "{\"samples\": \"train.bin\", \"labels\": false, \"segments\": 3, \"most\": 16, " + fields);
  }

  private static JsonNode show(Path pack) throws IOException {
    Ran shown = run("show", pack, "--json");
    assertEquals(0, shown.status(), shown.err());
    return new ObjectMapper().readTree(shown.out().lines().toList().getLast());
  }

  @Test
  void bitsAndExitsAreTrainedInOneRun() throws IOException {
    Path recipe =
        recipe(
            "joint",
            "\"retrain\": {\"epochs\": 1, \"batch\": 16, \"price\": 0.1, \"threads\": 1},"
                + " \"exits\": {\"count\": 1, \"train\": \"joint\"}}");
    Path pack = directory.resolve("joint.insitu");
    Ran ran = run("forge", onnx, "--recipe", recipe, "-o", pack);
    assertEquals(0, ran.status(), ran.err());
    assertFalse(ran.err().contains("training exits"), "they are trained with the rest");
    JsonNode shown = show(pack);
    assertEquals(1, shown.path("exits").size(), shown.toString());
    assertFalse(Files.exists(directory.resolve("joint.insitu.work")), "checkpoints are gone");
  }

  @Test
  void widthsAreTrainedAndPackedWithTheSameOrder() throws IOException {
    Path recipe =
        recipe(
            "widths",
            "\"retrain\": {\"epochs\": 1, \"batch\": 16, \"widths\": [0.5], \"threads\": 1}}");
    Path pack = directory.resolve("widths.insitu");
    Path work = directory.resolve("of-widths");
    Ran ran = run("forge", onnx, "--recipe", recipe, "-o", pack, "--work", work);
    assertEquals(0, ran.status(), ran.err());
    Path exported = directory.resolve("half.onnx");
    Ran export = run("export", pack, "--width", "0.5", "--lossless", "-o", exported);
    assertEquals(0, export.status(), export.err());
    float[] packed = answers(exported);
    float[] trained = answers(work.resolve("family-width1.onnx"));
    assertArrayEquals(trained, packed, 1e-4f);
  }

  private static float[] answers(Path file) {
    float[] pixels = new float[3 * 32 * 32];
    Random random = new Random(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    try (GraphRun session = GraphRun.open(file, Optimisation.NONE)) {
      Tensor image = Tensor.of(pixels, 1, 3, 32, 32);
      Tensor answer = session.run(Map.of(ShapesModel.INPUT, image)).values().iterator().next();
      return answer.floats();
    }
  }

  @Test
  void aFinishedTrainingIsNotBegunAgain() throws IOException {
    Path recipe = recipe("kept", "\"retrain\": {\"epochs\": 1, \"batch\": 16, \"threads\": 1}}");
    Path pack = directory.resolve("kept.insitu");
    Path work = directory.resolve("work");
    assertEquals(0, run("forge", onnx, "--recipe", recipe, "-o", pack, "--work", work).status());
    String first = show(pack).path("reference").asText();
    Ran again = run("forge", onnx, "--recipe", recipe, "-o", pack, "--work", work);
    assertEquals(0, again.status(), again.err());
    assertEquals(first, show(pack).path("reference").asText());
    Path other = recipe("kept", "\"retrain\": {\"epochs\": 2, \"batch\": 16, \"threads\": 1}}");
    Ran refused = run("forge", onnx, "--recipe", other, "-o", pack, "--work", work);
    assertTrue(refused.status() != 0, "a checkpoint of another recipe");
    assertTrue(refused.err().contains("another training"), refused.err());
  }

  @Test
  void aDivergedTrainingStopsWithTheReason() throws IOException {
    Path recipe =
        recipe(
            "wild",
            "\"retrain\": {\"epochs\": 20, \"batch\": 16, \"rate\": 1000, \"threads\": 1}}");
    Path pack = directory.resolve("wild.insitu");
    Ran ran = run("forge", onnx, "--recipe", recipe, "-o", pack);
    assertTrue(ran.status() != 0, "no package");
    assertTrue(ran.err().contains("Maybe lower the learning rate"), ran.err());
    assertFalse(Files.exists(pack));
  }
}
