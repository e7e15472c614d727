package dev.insitu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleFinderTest {

  @TempDir Path folder;

  private void assertRole(WeightRole role, int axis, long[] dims, NodeProto.Builder... nodes)
      throws IOException {
    GraphProto.Builder graph =
        Onnx.graph()
            .addInput(Onnx.value("x", Onnx.FLOAT))
            .addInitializer(Onnx.random("w", dims))
            .addOutput(Onnx.value("y", Onnx.FLOAT));
    List.of(nodes).forEach(graph::addNode);
    try (OnnxModel model =
        OnnxModel.open(Onnx.write(Onnx.model(13, graph), folder.resolve("m.onnx")))) {
      Weight weight = model.weights().getFirst();
      assertEquals(role, weight.role());
      assertEquals(axis, weight.outputAxis());
    }
  }

  private static NodeProto.Builder node(String op, String... inputs) {
    return Onnx.node(op, List.of(inputs), "y");
  }

  private static long[] dims(long... dims) {
    return dims;
  }

  @Test
  void operatorsGiveRoles() throws IOException {
    assertRole(WeightRole.CONV, 0, dims(8, 4, 3, 3), node("Conv", "x", "w"));
    assertRole(WeightRole.BIAS, -1, dims(32), node("Conv", "x", "x", "w"));
    assertRole(WeightRole.CONV_TRANSPOSE, 1, dims(8, 4, 3, 3), node("ConvTranspose", "x", "w"));
    assertRole(WeightRole.GEMM, 1, dims(8, 4), node("Gemm", "x", "w"));
    assertRole(
        WeightRole.GEMM,
        0,
        dims(8, 4),
        node("Gemm", "x", "w").addAttribute(Onnx.attribute("transB", 1L)));
    assertRole(WeightRole.MATMUL, 2, dims(2, 8, 4), node("MatMul", "x", "w"));
    assertRole(WeightRole.MATMUL, 1, dims(2, 8, 4), node("MatMul", "w", "x"));
    assertRole(WeightRole.EMBEDDING, 0, dims(8, 4), node("Gather", "w", "x"));
    assertRole(WeightRole.RECURRENT, 1, dims(1, 8, 4), node("LSTM", "x", "w", "x"));
    assertRole(WeightRole.NORM, -1, dims(32), node("BatchNormalization", "x", "w", "w", "w", "w"));
    assertRole(WeightRole.BIAS, -1, dims(1, 32, 1), node("Add", "x", "w"));
    assertRole(WeightRole.OTHER, -1, dims(8, 32), node("Add", "x", "w"));
    assertRole(WeightRole.NORM, -1, dims(32, 1), node("Mul", "w", "x"));
    assertRole(WeightRole.OTHER, -1, dims(8, 32), node("Unheard", "w", "x"));
  }

  @Test
  void changesOfFormAreLookedThrough() throws IOException {
    NodeProto.Builder turn =
        Onnx.node("Transpose", List.of("w"), "t").addAttribute(Onnx.attribute("perm", dims(1, 0)));
    assertRole(WeightRole.MATMUL, 0, dims(8, 4), turn, node("MatMul", "x", "t"));
    assertRole(
        WeightRole.CONV,
        0,
        dims(8, 4),
        Onnx.node("Unsqueeze", List.of("w", "axes"), "t"),
        Onnx.constant("axes", Onnx.longs("", 2)),
        node("Conv", "x", "t"));
    assertRole(
        WeightRole.MATMUL,
        2,
        dims(4, 2, 8),
        Onnx.node("Reshape", List.of("w", "shape"), "t"),
        Onnx.constant("shape", Onnx.longs("", 8, 8)),
        node("MatMul", "x", "t"));
  }

  @Test
  void firstReaderWithARoleDecides() throws IOException {
    assertRole(
        WeightRole.EMBEDDING,
        0,
        dims(8, 4),
        Onnx.node("Shape", List.of("w"), "s"),
        Onnx.node("Gather", List.of("w", "x"), "e"),
        Onnx.node("MatMul", List.of("e", "w"), "m"),
        node("Expand", "m", "s"));
  }
}
