package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.ByteString;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileFilesTest {

  @TempDir Path folder;

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("m.onnx"), content);
  }

  private String refused(byte[] content) throws IOException {
    Path file = file(content);
    String message = assertThrows(OnnxException.class, () -> OnnxModel.open(file)).getMessage();
    assertTrue(message.contains("m.onnx"), message);
    return message;
  }

  private String refused(GraphProto.Builder graph) throws IOException {
    return refused(Onnx.model(13, graph).build().toByteArray());
  }

  private static void assertSays(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  private static GraphProto.Builder good() {
    return Onnx.matMul(Onnx.random("w", 16, 16), 16, 16);
  }

  @Test
  void otherKindsOfFilesAreNamed() throws IOException {
    assertSays(refused(new byte[0]), "empty");
    assertSays(refused("PK\u0003\u0004rest".getBytes(StandardCharsets.US_ASCII)), "zip");
    assertSays(
        refused("version https://git-lfs.github.com/spec/v1\n".getBytes(StandardCharsets.US_ASCII)),
        "git lfs pull");
    assertSays(refused("    ORTM    ".getBytes(StandardCharsets.US_ASCII)), "own format");
    assertSays(refused("<html>not found</html>".getBytes(StandardCharsets.US_ASCII)), "Maybe");
    assertSays(refused("{\"model\": 1}".getBytes(StandardCharsets.US_ASCII)), "Maybe");
    Path missing = folder.resolve("gone.onnx");
    assertSays(
        assertThrows(OnnxException.class, () -> OnnxModel.open(missing)).getMessage(),
        "gone.onnx",
        "no such file");
    assertSays(
        assertThrows(OnnxException.class, () -> OnnxModel.open(folder)).getMessage(), "not a file");
  }

  @Test
  void randomBytesAreRefused() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      byte[] bytes = new byte[1 + new Random(seed).nextInt(300)];
      new Random(seed).nextBytes(bytes);
      refused(bytes);
    }
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] whole = Onnx.model(13, good()).build().toByteArray();
    for (int length = 1; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length));
    }
  }

  @Test
  void flippedBytesNeverDoWorseThanAnError() throws IOException {
    byte[] whole = Onnx.model(13, good().addNode(nested(3).addOutput("n"))).build().toByteArray();
    for (int seed = 0; seed < 1000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = whole.clone();
      for (int i = 0; i <= random.nextInt(4); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try (OnnxModel model = OnnxModel.open(file(bytes))) {
        SegmentPlan plan = Segmenter.group(model, SegmentOptions.DEFAULT.withMinSegmentBytes(0));
        new SegmentGraphs(model, plan).wholeGraph(weight -> 0);
      } catch (OnnxException e) {
        assertTrue(e.getMessage().contains("m.onnx"), "seed " + seed + ": " + e);
      } catch (RuntimeException | Error e) {
        fail("seed " + seed, e);
      }
    }
  }

  @Test
  void lengthBeyondTheFileIsRefusedWithoutAllocation() throws IOException {
    byte[] bytes = {
      0x08, 0x08, 0x3a, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07, 1, 2
    };
    assertSays(refused(bytes), "2147483647 bytes", "only 2 are left");
    byte[] huge = {0x3a, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x01};
    assertSays(refused(huge), "18446744073709551615 bytes");
  }

  @Test
  void clashingNamesAreNamed() throws IOException {
    assertSays(
        refused(good().addInitializer(Onnx.random("w", 16, 16))), "'w'", "twice", "initializer");
    assertSays(
        refused(good().addNode(Onnx.node("Relu", List.of("x"), "y"))), "'y'", "twice", "Relu_y");
    assertSays(refused(good().addNode(Onnx.node("Relu", List.of("x"), "w"))), "'w'", "twice");
    assertSays(refused(good().addInput(Onnx.value("x", Onnx.FLOAT, 1))), "'x'", "twice", "input");
    assertSays(refused(good().addNode(Onnx.node("Relu", List.of("x"), "x"))), "'x'", "twice");
  }

  @Test
  void undefinedNamesAndCyclesAreNamed() throws IOException {
    assertSays(
        refused(good().addNode(Onnx.node("Relu", List.of("nowhere"), "z"))), "Relu_z", "'nowhere'");
    assertSays(refused(good().addOutput(Onnx.value("nowhere", Onnx.FLOAT))), "'nowhere'");
    GraphProto.Builder cycle =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, 1))
            .addOutput(Onnx.value("b", Onnx.FLOAT, 1))
            .addNode(Onnx.node("Add", List.of("x", "b"), "a"))
            .addNode(Onnx.node("Relu", List.of("a"), "b"));
    assertSays(refused(cycle), "Add_a", "depends on itself");
  }

  @Test
  void shapesThatDoNotFitAreNamed() throws IOException {
    assertSays(
        refused(Onnx.matMul(Onnx.random("w", 16, 16).setDims(0, 17), 17, 16)),
        "'w' float[17,16]",
        "1024 bytes",
        "needs 1088");
    assertSays(
        refused(Onnx.matMul(Onnx.random("w", 16, 16).setDims(0, -1), 1, 16)),
        "negative dimension -1");
    long big = 1L << 31;
    assertSays(refused(Onnx.matMul(Onnx.tensor("w", Onnx.FLOAT, big, big, big), 1, 1)), "2^63");
    assertSays(refused(Onnx.matMul(Onnx.tensor("w", Onnx.FLOAT, big, big), 1, 1)), "exceed");
    assertSays(
        refused(Onnx.matMul(Onnx.tensor("w", Onnx.FLOAT, 16, 16), 16, 16)),
        "0 bytes",
        "needs 1024");
    assertSays(refused(Onnx.matMul(Onnx.random("w", 16, 16).setDataType(99), 16, 16)), "type 99");
    TensorProto.Builder list = Onnx.tensor("w", Onnx.FLOAT, 3).addInt32Data(1).addInt32Data(2);
    assertSays(refused(Onnx.matMul(list.addInt32Data(3), 3, 1)), "field 5 instead of field 4");
  }

  @Test
  void emptyAndScalarTensorsAreRead() throws IOException {
    GraphProto.Builder graph =
        good()
            .addInitializer(Onnx.tensor("empty", Onnx.FLOAT, 0, 1L << 40))
            .addInitializer(Onnx.tensor("scalar", Onnx.FLOAT).addFloatData(3))
            .addOutput(Onnx.value("z", Onnx.FLOAT))
            .addNode(Onnx.node("Custom", List.of("y", "empty", "scalar"), "z"));
    try (OnnxModel model = OnnxModel.open(file(Onnx.model(13, graph).build().toByteArray()))) {
      assertEquals(1, model.weights().size());
      assertEquals(3, model.skeleton().getGraph().getInitializerCount());
    }
  }

  @Test
  void fortyNestedGraphsWorkAndMoreThanAHundredAreRefused() throws IOException {
    GraphProto.Builder deep =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT, 1, 16))
            .addOutput(Onnx.value("n", Onnx.FLOAT))
            .addNode(nested(40).addOutput("n"));
    try (OnnxModel model = OnnxModel.open(file(Onnx.model(13, deep).build().toByteArray()))) {
      assertEquals(40, model.weights().size());
      SegmentPlan plan = Segmenter.group(model, SegmentOptions.DEFAULT);
      byte[] graph = new SegmentGraphs(model, plan).wholeGraph(new WeightLayout(model));
      Path plain = folder.resolve("plain.onnx");
      PlainOnnx.write(graph, WeightStore.of(model, new WeightLayout(model)), plain);
      try (OnnxModel again = OnnxModel.open(plain)) {
        assertEquals(40, again.weights().size());
      }
    }
    GraphProto.Builder tooDeep = deep.clone().clearNode().addNode(nested(101).addOutput("n"));
    assertSays(refused(tooDeep), "nested deeper than the limit of 100");
  }

  /** An If in an If in an If, each with a weight of its own under the same name. */
  private static NodeProto.Builder nested(int depth) {
    GraphProto.Builder inner =
        Onnx.graph()
            .addInitializer(Onnx.random("inside", 16, 16))
            .addOutput(Onnx.value("out", Onnx.FLOAT));
    if (depth == 1) {
      inner.addNode(Onnx.node("MatMul", List.of("x", "inside"), "out"));
    } else {
      inner
          .addNode(nested(depth - 1).addOutput("deeper"))
          .addNode(Onnx.node("MatMul", List.of("deeper", "inside"), "out"));
    }
    return NodeProto.newBuilder()
        .setOpType("If")
        .addInput("x")
        .addAttribute(Onnx.attribute("then_branch", inner))
        .addAttribute(
            Onnx.attribute(
                "else_branch",
                Onnx.graph()
                    .addNode(Onnx.node("Relu", List.of("x"), "out"))
                    .addOutput(Onnx.value("out", Onnx.FLOAT))));
  }

  @Test
  void whatIsBigBesidesTheWeightsIsRefused() throws IOException {
    ModelProto.Builder model = Onnx.model(13, good());
    ByteString megabyte = ByteString.copyFrom(new byte[1 << 20]);
    Path file = folder.resolve("m.onnx");
    try (var out = Files.newOutputStream(file)) {
      model.build().writeTo(out);
      ModelProto notes = ModelProto.newBuilder().setProducerNameBytes(megabyte).build();
      for (int i = 0; i < 300; i++) {
        notes.writeTo(out);
      }
    }
    String message = assertThrows(OnnxException.class, () -> OnnxModel.open(file)).getMessage();
    assertSays(message, "256 MiB", "besides the weights");
  }
}
