package dev.insitu.cli;

import static dev.insitu.cli.Ran.ok;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.insitu.demo.ShapesModel;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.library.Library;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.ValueInfoProto;
import dev.insitu.planner.ServerSide;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import dev.insitu.server.InsituServer;
import dev.insitu.server.Planning;
import dev.insitu.server.ServerOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Heads from the file to the answer, as a user types it. */
final class ExitCommandsTest {

  private static final int CLASSES = 10;

  @TempDir private static Path directory;
  private static Path onnx;
  private static Path prefix;
  private static Path head;
  private static Path pack;
  private static int segments;

  @BeforeAll
  static void packsAModelWithAnExit() throws IOException {
    System.setProperty("insitu.home", directory.resolve("home").toString());
    onnx = Files.write(directory.resolve("shapes.onnx"), ShapesModel.onnx());
    Path bare = directory.resolve("bare.insitu");
    ok("pack", onnx, "-o", bare, "--no-profile", "--segments", 3);
    JsonNode shown = ok("show", bare, "--json").json();
    segments = shown.path("segments").size();
    assertEquals(3, segments);
    assertTrue(shown.path("exits").isMissingNode(), "without exits nothing is said of them");
    String cut = shown.path("segments").path(0).path("outputs").path(0).asText();
    prefix = directory.resolve("prefix.onnx");
    ok("export", bare, "--depth", 1, "-o", prefix);
    long[] shape = run(prefix, Map.of(ShapesModel.INPUT, image())).get(cut).shape();
    head = writeHead(cut, shape);
    pack = directory.resolve("exits.insitu");
    JsonNode made =
        ok(
                "pack",
                onnx,
                "-o",
                pack,
                "--generated",
                8,
                "--segments",
                3,
                "--exit",
                "0=" + head,
                "--cuts",
                "8",
                "--json")
            .json();
    assertEquals(1, made.path("exits").size(), made.toString());
  }

  @AfterAll
  static void forgetsTheHome() {
    System.clearProperty("insitu.home");
  }

  private static Tensor image() {
    float[] pixels = new float[3 * 32 * 32];
    Random random = new Random(1);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return Tensor.of(pixels, 1, 3, 32, 32);
  }

  private static Map<String, Tensor> run(Path file, Map<String, Tensor> inputs) {
    try (GraphRun session = GraphRun.open(file, Optimisation.NONE)) {
      return session.run(inputs);
    }
  }

  /** Global pooling and a matrix. */
  private static Path writeHead(String input, long... shape) throws IOException {
    int channels = (int) shape[1];
    ByteBuffer weights = ByteBuffer.allocate(4 * channels * CLASSES).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(2);
    while (weights.hasRemaining()) {
      weights.putFloat((float) random.nextGaussian());
    }
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("head")
            .addInput(value(input, -1, channels, shape[2], shape[3]))
            .addOutput(value("answer", -1, CLASSES))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("matrix")
                    .setDataType(1)
                    .addDims(channels)
                    .addDims(CLASSES)
                    .setRawData(ByteString.copyFrom(weights.flip())))
            .addNode(node("GlobalAveragePool", "pooled", input))
            .addNode(node("Flatten", "flat", "pooled"))
            .addNode(node("MatMul", "answer", "flat", "matrix"));
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    return Files.write(directory.resolve("head.onnx"), model.toByteArray());
  }

  private static NodeProto.Builder node(String op, String output, String... inputs) {
    return NodeProto.newBuilder().setOpType(op).addAllInput(List.of(inputs)).addOutput(output);
  }

  private static ValueInfoProto.Builder value(String name, long... dims) {
    ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
    var tensor = value.getTypeBuilder().getTensorTypeBuilder().setElemType(1);
    for (long dim : dims) {
      var added = tensor.getShapeBuilder().addDimBuilder();
      if (dim >= 0) {
        added.setDimValue(dim);
      }
    }
    return value;
  }

  @Test
  void showListsExits() throws IOException {
    JsonNode exit = ok("show", pack, "--json").json().path("exits").path(0);
    assertEquals(0, exit.path("after").asInt());
    assertEquals(1, exit.path("depth").asInt());
    assertTrue(exit.path("headBytes").asLong() > 0, exit.toString());
    assertTrue(exit.path("bytes").asLong() > exit.path("headBytes").asLong(), exit.toString());
    assertTrue(exit.path("macsShare").asDouble() < 0.9, exit.toString());
    assertTrue(exit.path("profile").size() > 2, exit.toString());
    String text = ok("show", pack).out();
    assertTrue(text.contains("exit    depth"), text);
    assertTrue(text.contains("points lost"), text);
  }

  @Test
  void anExportedDepthGivesTheModelsOutputsLikePrefixAndHeadBitForBit() throws IOException {
    Path joined = directory.resolve("joined.onnx");
    ok("export", pack, "--depth", 1, "--lossless", "-o", joined);
    Map<String, Tensor> first = run(prefix, Map.of(ShapesModel.INPUT, image()));
    Tensor expected = run(head, first).get("answer");
    Map<String, Tensor> actual = run(joined, Map.of(ShapesModel.INPUT, image()));
    assertEquals(List.of(ShapesModel.OUTPUT), List.copyOf(actual.keySet()));
    assertArrayEquals(expected.floats(), actual.get(ShapesModel.OUTPUT).floats());
  }

  @Test
  void aDepthOfFewerBitsIsExportedToo() throws IOException {
    Path joined = directory.resolve("few.onnx");
    JsonNode said = ok("export", pack, "--depth", 1, "--bits", 4, "-o", joined, "--json").json();
    assertEquals(1, said.path("segments").asInt());
    assertTrue(said.has("agreement"), said.toString());
    assertEquals(
        CLASSES,
        run(joined, Map.of(ShapesModel.INPUT, image())).get(ShapesModel.OUTPUT).floats().length);
  }

  @Test
  void theWholeDepthIsTheRoot() {
    Path whole = directory.resolve("whole.onnx");
    ok("export", pack, "--depth", segments, "-o", whole);
    float[] expected =
        run(onnx, Map.of(ShapesModel.INPUT, image())).get(ShapesModel.OUTPUT).floats();
    float[] actual =
        run(whole, Map.of(ShapesModel.INPUT, image())).get(ShapesModel.OUTPUT).floats();
    assertArrayEquals(expected, actual);
  }

  @Test
  void aDepthWithoutExitSaysWhereExitsAre() {
    Path none = directory.resolve("none.onnx");
    Ran refused = Ran.run("export", pack, "--depth", 2, "-o", none);
    assertEquals(1, refused.status());
    assertTrue(refused.err().contains("answers after 1 and all 3"), refused.err());
    assertFalse(Files.exists(none));
  }

  @Test
  void aCutPackageExportsTheDepthItHolds() throws IOException {
    byte[] bytes = Files.readAllBytes(pack);
    Path cut = Files.write(directory.resolve("cut.insitu"), Arrays.copyOf(bytes, bytes.length / 2));
    ok("export", cut, "--depth", 1, "-o", directory.resolve("of-cut.onnx"));
  }

  @Test
  void runSaysWhoAnswered() throws IOException {
    Path shelves = directory.resolve("library");
    try (Library library = Library.open(shelves);
        PackageFile opened = PackageFile.open(pack, Trust.anybody())) {
      library.publish(opened);
    }
    Path situation =
        Files.writeString(
            directory.resolve("situation.json"),
            """
            {"macsPerSecond": 1e6, "downlinkBitsPerSecond": 1e9, "uplinkBitsPerSecond": 1e9,
             "roundTripSeconds": 0.0001, "featuresMayLeave": true, "goals": ["firstAnswer", "accuracy"]}
            """);
    Path device = directory.resolve("device");
    Object[] where;
    ServerOptions options =
        ServerOptions.of(shelves)
            .withPort(0)
            .withPlanning(Planning.DEFAULT.withServer(new ServerSide(1e12, 1e-4)));
    try (InsituServer server = InsituServer.start(options)) {
      where = new Object[] {"shapes", "--server", server.url(), "--device", device};
      ok(words(where, "pull", "--situation", situation));
      assertTrue(ok(words(where, "run")).out().contains(", the server from segment 1 on"));
      JsonNode said = ok(words(where, "run", "--json")).json();
      assertEquals("server", said.path("origin").asText(), said.toString());
    }
    JsonNode alone = ok(words(where, "run", "--json")).json();
    assertEquals("deviceWithoutServer", alone.path("origin").asText(), alone.toString());
    assertEquals(0, alone.path("exit").asInt(-1), alone.toString());
    assertTrue(ok(words(where, "run")).out().contains(", without the server"));
  }

  private static Object[] words(Object[] where, Object command, Object... more) {
    List<Object> words = new ArrayList<>(List.of(command));
    words.addAll(List.of(where));
    words.addAll(List.of(more));
    return words.toArray();
  }

  @Test
  void wrongExitsAreRefusedWithAReason() {
    refused("a segment's number and a file were expected", "--exit", "head.onnx");
    refused("Two exits", "--exit", "0=" + head, "--exit", "0=" + head);
    refused("exits stand after the segments 0 to 1", "--exit", "2=" + head);
    refused(
        "3 exits were asked for; the model has 2 cuts",
        "--exit",
        "0=" + head,
        "--exit",
        "1=" + head,
        "--exit",
        "2=" + head);
    refused("after segment 1", "--exit", "1=" + prefix);
    refused("nowhere.onnx", "--exit", "0=" + directory.resolve("nowhere.onnx"));
  }

  private static void refused(String reason, String... exits) {
    Path none = directory.resolve("none.insitu");
    List<Object> words =
        new ArrayList<>(List.of("pack", onnx, "-o", none, "--no-profile", "--segments", 3));
    words.addAll(List.of(exits));
    Ran ran = Ran.run(words.toArray());
    assertEquals(1, ran.status());
    assertTrue(ran.err().contains(reason), ran.err());
    assertFalse(Files.exists(none));
  }
}
