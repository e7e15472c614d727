package dev.insitu.cli;

import static dev.insitu.cli.Ran.run;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.insitu.demo.ShapesModel;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.Weight;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a recipe to a package, as a user types it. */
final class ForgeCommandTest {

  private static final int PICTURES = 48;
  private static final int RECORD = 2 + 3 * 32 * 32; // of CIFAR-100

  @TempDir private static Path directory;
  private static Path onnx;

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
    Ran ran = run("forge", onnx, "--recipe", recipe, "-o", pack, "--keep-root");
    assertEquals(0, ran.status(), ran.err());
    assertFalse(ran.err().contains("training exits"), "they are trained with the rest");
    assertRootReturns(pack);
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
    Ran ran = run("forge", onnx, "--recipe", recipe, "-o", pack, "--work", work, "--keep-root");
    assertEquals(0, ran.status(), ran.err());
    assertRootReturns(pack);
    Path exported = directory.resolve("half.onnx");
    Ran export = run("export", pack, "--width", "0.5", "--lossless", "-o", exported);
    assertEquals(0, export.status(), export.err());
    float[] packed = answers(exported);
    float[] trained = answers(work.resolve("family-width1.onnx"));
    assertArrayEquals(trained, packed, 1e-4f);
  }

  /** Every value of the root comes back, and its answers; the family's are others. */
  private static void assertRootReturns(Path pack) throws IOException {
    Path exported = directory.resolve("root-of-" + pack.getFileName() + ".onnx");
    Ran export = run("export", pack, "--root", "-o", exported);
    assertEquals(0, export.status(), export.err());
    Map<String, ByteBuffer> expected = values(onnx);
    assertEquals(expected, values(exported));
    assertArrayEquals(answers(onnx), answers(exported), "the same graph");
    Path family = directory.resolve("family-of-" + pack.getFileName() + ".onnx");
    assertEquals(0, run("export", pack, "-o", family).status());
    Map<String, ByteBuffer> trained = values(family);
    assertEquals(expected.keySet(), trained.keySet());
    long same =
        expected.keySet().stream().filter(k -> expected.get(k).equals(trained.get(k))).count();
    assertTrue(same < expected.size() / 2, same + " of " + expected.size() + " did not change");
    Ran verified = run("verify", pack);
    assertEquals(0, verified.status(), verified.err());
    assertTrue(verified.out().contains("the kept root too"), verified.out());
    JsonNode kept = show(pack).path("keptRoot");
    assertTrue(
        kept.path("bytes").asLong() > 0 && kept.path("share").asDouble() < 1, kept::toString);
    assertEquals(16, kept.path("samples").asInt(), kept::toString);
    assertTrue(run("show", pack).out().contains("the family agrees with it on"));
    for (String wish : List.of("--lossless", "--bits=3", "--depth=1", "--from=1", "--int8")) {
      Ran refused = run("export", pack, "--root", wish, "-o", directory.resolve("no.onnx"));
      assertTrue(refused.status() != 0 && refused.err().contains("--root gives"), refused.err());
    }
  }

  /** All weights and small tensors by name. */
  private static Map<String, ByteBuffer> values(Path file) {
    Map<String, ByteBuffer> values = new HashMap<>();
    try (OnnxModel model = OnnxModel.open(file)) {
      for (Weight weight : model.weights()) {
        ByteBuffer bytes = ByteBuffer.allocate((int) weight.byteLength());
        weight.read(0, bytes);
        values.put(weight.name(), bytes.flip());
      }
      for (TensorProto tensor : model.skeleton().getGraph().getInitializerList()) {
        if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
          values.put(tensor.getName(), tensor.getRawData().asReadOnlyByteBuffer());
        }
      }
    }
    return values;
  }

  @Test
  void labelsThatAreNoClassesAreRefusedInAFewWords() throws IOException {
    Path recipe =
        Files.writeString(
            directory.resolve("labels.json"),
            "{\"samples\": \"train.bin\", \"retrain\": {\"epochs\": 1, \"batch\": 16, \"threads\": 1}}");
    Ran ran = run("forge", onnx, "--recipe", recipe, "-o", directory.resolve("none.insitu"));
    assertTrue(ran.status() != 0 && ran.err().contains("is outside the"), ran.err());
    assertFalse(ran.err().contains("\tat "), ran.err());
  }

  @Test
  void onlyAReTrainedFamilyKeepsItsRoot() throws IOException {
    Path recipe = recipe("plain", "\"exits\": {\"count\": 0}}");
    Path pack = directory.resolve("plain.insitu");
    Ran ran = run("forge", onnx, "--recipe", recipe, "-o", pack, "--keep-root");
    assertTrue(ran.status() != 0 && ran.err().contains("does not re-train"), ran.err());
    assertEquals(0, run("pack", onnx, "-o", pack).status());
    Ran export = run("export", pack, "--root", "-o", directory.resolve("none.onnx"));
    assertTrue(export.status() != 0, "there is none");
    assertTrue(
        export.err().contains("Maybe make it with 'insitu forge --keep-root'"), export.err());
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
