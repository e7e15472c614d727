package dev.insitu.cli;

import static dev.insitu.cli.Ran.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.insitu.demo.ShapesModel;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.planner.ServerSide;
import dev.insitu.server.InsituServer;
import dev.insitu.server.Planning;
import dev.insitu.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Plans as a user asks for them. */
final class PlanCommandTest {

  @TempDir private static Path directory;
  private static Path pack;

  @BeforeAll
  static void packsAModel() throws IOException {
    Path onnx = Files.write(directory.resolve("shapes.onnx"), ShapesModel.onnx());
    pack = directory.resolve("shapes.insitu");
    Ran packed = run("pack", onnx, "-o", pack, "--generated", 16, "--segments", 3, "--cuts");
    assertEquals(0, packed.status(), packed.err());
  }

  @Test
  void aPlanSaysWhatItCostsAndIsWorth() throws IOException {
    Ran text = run("plan", pack, "--down", "5M", "--macs", "1G", "--round-trip", 0.02);
    assertEquals(0, text.status(), text.err());
    assertTrue(text.out().contains("first answer after"), text.out());
    assertTrue(text.out().contains("agreement"), text.out());
    JsonNode json = run("plan", pack, "--down", "5M", "--macs", "1G", "--json").json();
    assertTrue(json.path("feasible").asBoolean());
    JsonNode plan = json.path("plan");
    long bytes = plan.path("manifestBytes").asLong() + plan.path("chunkBytes").asLong();
    assertTrue(bytes > 1000 && bytes <= Files.size(pack), json.toString());
    assertTrue(plan.path("firstAnswerSeconds").asDouble() > 0);
    assertTrue(plan.path("accuracy").path("low").asDouble() <= 1);
    assertTrue(json.path("stream").path("chunks").size() > 0);
  }

  @Test
  void nothingIsDownloadedNorWritten() throws IOException {
    try (Stream<Path> before = Files.list(directory)) {
      long files = before.count();
      assertEquals(0, run("plan", pack, "--down", "1M").status());
      assertEquals(0, run("explain", pack, "--down", "1M").status());
      try (Stream<Path> after = Files.list(directory)) {
        assertEquals(files, after.count());
      }
    }
  }

  @Test
  void anExplanationDrawsTheWayTheLimitsAndTheAlternatives() throws IOException {
    long most = 6 * Files.size(pack) / 10;
    Ran ran =
        run(
            "explain",
            pack,
            "--down",
            "2M",
            "--macs",
            "50M",
            "--max-bytes",
            most,
            "--memory",
            "64M",
            "--goal",
            "accuracy");
    assertEquals(0, ran.status(), ran.err());
    assertTrue(ran.out().contains("░") && ran.out().contains("█"), ran.out());
    assertTrue(ran.out().contains("maxBytes") && ran.out().contains("▇"), ran.out());
    assertTrue(ran.out().contains("memoryBytes"), ran.out());
    assertTrue(ran.out().contains("instead 1"), ran.out());
    assertTrue(ran.out().lines().allMatch(line -> line.length() <= 110), ran.out());
  }

  @Test
  void limitsThatContradictAreToldWithTheNearestPlans() throws IOException {
    Object[] words = {"plan", pack, "--down", "1M", "--max-bytes", "100", "--accuracy", 0.5};
    Ran ran = run(words);
    assertEquals(1, ran.status());
    assertTrue(ran.out().contains("maxBytes") && ran.out().contains("needed"), ran.out());
    Object[] json = Arrays.copyOf(words, words.length + 1);
    json[words.length] = "--json";
    JsonNode object = run(json).json();
    assertFalse(object.path("feasible").asBoolean());
    assertEquals("maxBytes", object.path("conflicts").path(0).path("limit").asText());
    long needed = object.path("conflicts").path(0).path("needed").asLong();
    assertEquals(
        0, run("plan", pack, "--down", "1M", "--max-bytes", needed, "--accuracy", 0.5).status());
  }

  @Test
  void aSituationComesFromAFileAndOptionsGoOverIt() throws IOException {
    Path file = directory.resolve("situation.json");
    Files.writeString(
        file,
        "{\"version\":2,\"downlinkBitsPerSecond\":1e6,\"maxBytes\":100,\"latencySeconds\":10,\"new\":[1]}");
    Ran ran =
        run(
            "plan",
            pack,
            "--situation",
            file,
            "--max-bytes",
            "10M",
            "--macs",
            "1G",
            "--goal",
            "bytes");
    assertEquals(0, ran.status(), ran.err() + ran.out());
    Files.delete(file);
  }

  @Test
  void aServerComputesWhatMayLeave() throws IOException {
    Object[] words = {
      "plan",
      pack,
      "--down",
      "100k",
      "--up",
      "10M",
      "--macs",
      "1M",
      "--goal",
      "firstAnswer",
      "--may-leave",
      "inputs",
      "--server-macs",
      "100G",
      "--json"
    };
    JsonNode plan = run(words).json().path("plan");
    assertEquals(0, plan.path("depth").asInt(-1), plan.toString());
    assertTrue(plan.path("division").path("upBytes").asDouble() > 0);
    words[11] = "nothing";
    assertTrue(run(words).json().path("plan").path("division").isMissingNode());
  }

  @Test
  void untilTheDeviceAnswersTheServerDoesIfItMay() throws IOException {
    Object[] words = {
      "explain",
      pack,
      "--down",
      "100k",
      "--up",
      "10M",
      "--macs",
      "100G",
      "--may-leave",
      "features",
      "--server-macs",
      "1G",
      "--inferences",
      100_000
    };
    Ran helped = run(words);
    assertTrue(helped.out().contains("until then the server answers"), helped.out());
    assertTrue(helped.out().contains("  server  "), helped.out());
    Object[] json = words.clone();
    json[0] = "plan";
    json = Arrays.copyOf(json, json.length + 1);
    json[words.length] = "--json";
    JsonNode plan = run(json).json().path("plan");
    assertEquals(1, plan.path("help").path("beforeSegment").asInt(), plan.toString());
    double alone = plan.path("steps").path(2).path("endSeconds").asDouble();
    assertTrue(plan.path("firstAnswerSeconds").asDouble() < alone, plan.toString());
    words[9] = "nothing";
    Ran alones = run(words);
    assertFalse(alones.out().contains("until then"), alones.out());
    assertTrue(
        alones.out().contains("without it: all 3 segments, helped by the server"), alones.out());
  }

  @Test
  void aServerIsAskedAsAFileIsRead() throws IOException {
    ServerOptions options = ServerOptions.of(directory.resolve("library")).withPort(0);
    try (InsituServer server = InsituServer.start(options);
        PackageFile file = PackageFile.open(pack, Trust.anybody())) {
      server.library().publish(file);
      String model = server.url() + "/" + file.manifest().name();
      for (String command : List.of("plan", "explain")) {
        for (String most : List.of("100", "20k", "10M")) {
          Object[] there = {command, model, "--down", "5M", "--macs", "1G", "--max-bytes", most};
          Object[] here = there.clone();
          here[1] = pack;
          assertEquals(run(here), run(there));
          assertEquals(run(command, pack, "--json"), run(command, model, "--json"));
        }
      }
      String version = ":" + file.manifest().header().version();
      assertEquals(0, run("plan", model + version).status());
      assertTrue(run("plan", model + ":9").err().contains("version-unknown"));
      assertTrue(run("plan", server.url() + "/nobody").err().contains("model-unknown"));
      assertTrue(run("plan", model, "--server-macs", "1G").err().contains("--server-macs"));
      assertTrue(run("plan", server.url()).err().contains("address of a model"));
    }
    assertTrue(run("plan", "http://127.0.0.1:1/m").err().contains("No server answers"));
  }

  @Test
  void aDevicePullsWhatTheServerDecides() throws IOException {
    ServerOptions options = ServerOptions.of(directory.resolve("shelf")).withPort(0);
    try (InsituServer server = InsituServer.start(options);
        PackageFile file = PackageFile.open(pack, Trust.anybody())) {
      server.library().publish(file);
      Path device = directory.resolve("device");
      Object[] pull = {
        "pull", file.manifest().name(), "--server", server.url(), "--device", device, "--json"
      };
      long half = Files.size(pack) / 2;
      JsonNode less = run(with(pull, "--goal", "accuracy", "--max-bytes", half)).json();
      assertEquals("UpToDate", less.path("state").asText(), less.toString());
      assertTrue(less.path("bytes").asLong() <= half, less.toString());
      JsonNode rest = run(with(pull, "--within", 60)).json();
      assertEquals("UpToDate", rest.path("state").asText(), rest.toString());
      assertTrue(rest.path("bytes").asLong() > 0, rest.toString());
      assertTrue(run(with(pull, "--within", 0)).err().contains("--within"));
      assertTrue(run(with(pull, "--within", 1, "--bits", 4)).err().contains("--bits"));
      assertTrue(run(with(pull, "--accuracy", 1, "--storage", 9)).err().contains("storageBytes"));
    }
  }

  @Test
  void aModelThatAServerComputesIsRunThere() throws IOException {
    ServerOptions options =
        ServerOptions.of(directory.resolve("rack"))
            .withPort(0)
            .withPlanning(Planning.DEFAULT.withServer(new ServerSide(1e11, 0.001)));
    try (InsituServer server = InsituServer.start(options);
        PackageFile file = PackageFile.open(pack, Trust.anybody())) {
      server.library().publish(file);
      Object[] there = {
        file.manifest().name(), "--server", server.url(), "--device", directory.resolve("thin")
      };
      Object[] pull = with(new Object[] {"pull"}, there);
      Object[] slow = {"--down", "10k", "--up", "10M", "--macs", "1M", "--goal", "firstAnswer"};
      Ran pulled = run(with(with(pull, slow), "--may-leave", "inputs", "--json"));
      assertTrue(pulled.json().path("elsewhere").asBoolean(), pulled.out() + pulled.err());
      assertEquals(0, pulled.json().path("bytes").asLong(-1));
      Ran ran = run(with(with(new Object[] {"run"}, there), "--json"));
      assertEquals("server", ran.json().path("origin").asText(), ran.out() + ran.err());
      Ran whole = run(with(pull, "--json"));
      assertFalse(whole.json().path("elsewhere").asBoolean(true), whole.out() + whole.err());
      Ran here = run(with(with(new Object[] {"run"}, there), "--json"));
      assertEquals("device", here.json().path("origin").asText(), here.out() + here.err());
    }
  }

  private static Object[] with(Object[] words, Object... more) {
    return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "--accuracy, 90, accuracyFloor",
    "--first-answer, -1, firstAnswerSeconds",
    "--latency, 1, macsPerSecond",
    "--down, fast, fast",
    "--goal, fame, fame",
    "--certainty, 0.1, certainty",
    "--inferences, 0, inferences",
    "--server-overhead, -1, server-overhead",
    "--situation, missing.json, missing.json"
  })
  void whatIsWrongIsNamed(String option, String value, String named) {
    Ran ran = run("plan", pack, option, value, "--server-macs", "1G");
    assertEquals(1, ran.status());
    assertTrue(ran.err().contains(named), ran.err());
    assertFalse(ran.err().contains("\tat "), ran.err());
  }

  @ParameterizedTest
  @CsvSource({"[1], object", "'{\"storageBytes\":NaN}', storageBytes", "'{', situation"})
  void aFileThatIsNoSituationIsRefused(String content, String named) throws IOException {
    Path file = Files.writeString(directory.resolve("wrong.json"), content);
    Ran ran = run("plan", pack, "--situation", file);
    Files.delete(file);
    assertEquals(1, ran.status());
    assertTrue(ran.err().contains(named), ran.err());
  }
}
