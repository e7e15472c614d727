package dev.insitu.model.width;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import dev.insitu.model.Onnx;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A small model in the making: x is read, y is the result. */
final class Net {

  private static final long SEED = 5;

  /** Sizes of the input's open dimensions. */
  private static final Map<String, Long> INPUT_SIZES = Map.of("x:0", 3L, "x:1", 5L);

  private final int opset;
  private final GraphProto.Builder graph = Onnx.graph();

  /** A model with one input; a dimension of -1 is open. */
  Net(int opset, long... input) {
    this.opset = opset;
    graph.addInput(Onnx.value("x", Onnx.FLOAT, input));
  }

  GraphProto.Builder graph() {
    return graph;
  }

  Net random(String name, long... dims) {
    graph.addInitializer(Onnx.random(name, dims));
    return this;
  }

  Net longs(String name, long... values) {
    graph.addInitializer(Onnx.longs(name, values));
    return this;
  }

  Net add(TensorProto.Builder tensor) {
    graph.addInitializer(tensor);
    return this;
  }

  /** A node; inputs and outputs are separated by white space, "-" stands for an absent one. */
  Net node(String op, String inputs, String outputs, AttributeProto.Builder... attributes) {
    NodeProto.Builder node = Onnx.node(op, names(inputs), names(outputs));
    for (AttributeProto.Builder attribute : attributes) {
      node.addAttribute(attribute);
    }
    graph.addNode(node);
    return this;
  }

  private static List<String> names(String text) {
    return List.of(text.split(" ")).stream().map(name -> name.equals("-") ? "" : name).toList();
  }

  /** A convolution with a kernel of 3 x 3 and a bias, between values of these names. */
  Net conv(String in, String out, int from, int to) {
    return grouped(in, out, from, to, 1);
  }

  Net grouped(String in, String out, int from, int to, int group) {
    return random(out + ".w", to, from / group, 3, 3)
        .random(out + ".b", to)
        .node(
            "Conv",
            in + " " + out + ".w " + out + ".b",
            out,
            Onnx.attribute("pads", 1, 1, 1, 1),
            Onnx.attribute("group", (long) group));
  }

  Net matMul(String in, String out, int from, int to) {
    return random(out + ".w", from, to)
        .random(out + ".b", to)
        .node("MatMul", in + " " + out + ".w", out + ".m")
        .node("Add", out + ".m " + out + ".b", out);
  }

  Net output(long... dims) {
    graph.addOutput(Onnx.value("y", Onnx.FLOAT, dims));
    return this;
  }

  /** Writes the model and checks it narrowed in several ways; the groups have these sizes. */
  List<ChannelGroup> check(Path folder, Integer... sizes) throws IOException, OrtException {
    Path file = Onnx.write(Onnx.model(opset, graph), folder.resolve("whole.onnx"));
    return check(file, folder, sizes);
  }

  static List<ChannelGroup> check(Path file, Path folder, Integer... sizes)
      throws IOException, OrtException {
    try (OnnxModel model = OnnxModel.open(file)) {
      Narrowed narrowed = new Narrowed(model, Map.of(), folder);
      assertEquals(
          List.of(sizes),
          narrowed.groups().stream().map(ChannelGroup::size).sorted().toList(),
          narrowed.groups().toString());
      narrowed.check(SEED, 4, INPUT_SIZES);
      return narrowed.groups();
    }
  }
}
