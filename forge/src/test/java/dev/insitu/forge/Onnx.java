package dev.insitu.forge;

import com.google.protobuf.ByteString;
import dev.insitu.elastic.ElementType;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.StringStringEntryProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Makes small ONNX models. */
final class Onnx {

  static final int FLOAT = ElementType.FLOAT32.onnx();
  static final int INT64 = ElementType.INT64.onnx();

  private static final int OPSET = 17;

  private Onnx() {}

  static Path write(GraphProto.Builder graph, Path file) throws IOException {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
            .setGraph(graph)
            .build();
    return Files.write(file, model.toByteArray());
  }

  static GraphProto.Builder graph() {
    return GraphProto.newBuilder().setName("test");
  }

  static NodeProto.Builder node(String op, List<String> inputs, String output) {
    return NodeProto.newBuilder()
        .setOpType(op)
        .setName(op + "_" + output)
        .addAllInput(inputs)
        .addOutput(output);
  }

  static NodeProto.Builder constant(TensorProto.Builder tensor) {
    AttributeProto.Builder value =
        AttributeProto.newBuilder().setName("value").setType(AttributeType.TENSOR).setT(tensor);
    return node("Constant", List.of(), tensor.getName()).addAttribute(value);
  }

  static AttributeProto.Builder attribute(String name, GraphProto.Builder graph) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(graph);
  }

  static AttributeProto.Builder attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value);
  }

  /** A value; dimensions of -1 are open. */
  static ValueInfoProto.Builder value(String name, int type, long... dims) {
    ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
    var tensor = value.getTypeBuilder().getTensorTypeBuilder().setElemType(type);
    tensor.getShapeBuilder();
    for (int d = 0; d < dims.length; d++) {
      var dim = tensor.getShapeBuilder().addDimBuilder();
      if (dims[d] < 0) {
        dim.setDimParam("open" + d);
      } else {
        dim.setDimValue(dims[d]);
      }
    }
    return value;
  }

  static TensorProto.Builder tensor(String name, ElementType type, ByteBuffer data, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.onnx());
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.setRawData(ByteString.copyFrom(data.duplicate()));
  }

  static TensorProto.Builder floats(String name, float[] values, long... dims) {
    return tensor(name, ElementType.FLOAT32, bytes(values), dims);
  }

  /** Normal values of deviation 0.1. */
  static TensorProto.Builder random(String name, Random random, long... dims) {
    return floats(name, normal(random, (int) product(dims), 0.1), dims);
  }

  static TensorProto.Builder external(TensorProto.Builder tensor, String file, long offset) {
    int length = tensor.getRawData().size();
    return tensor
        .clearRawData()
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", file))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Integer.toString(length)));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  static float[] normal(Random random, int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  static ByteBuffer bytes(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }

  static ByteBuffer bytes(short[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Short.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(values);
    return bytes;
  }

  static long product(long... dims) {
    long product = 1;
    for (long dim : dims) {
      product *= dim;
    }
    return product;
  }

  /**
   * A chain of matrices with Relu between them, x [open, sizes[0]] to y.
   *
   * @param weights one for each layer, of the dimensions [sizes[i], sizes[i + 1]]
   */
  static GraphProto.Builder chain(List<TensorProto.Builder> weights) {
    GraphProto.Builder graph = graph();
    TensorProto.Builder first = weights.getFirst();
    TensorProto.Builder last = weights.getLast();
    graph.addInput(value("x", FLOAT, -1, first.getDims(0)));
    graph.addOutput(value("y", FLOAT, -1, last.getDims(last.getDimsCount() - 1)));
    String at = "x";
    for (int i = 0; i < weights.size(); i++) {
      TensorProto.Builder weight = weights.get(i);
      if (graph.getInitializerList().stream()
          .noneMatch(w -> w.getName().equals(weight.getName()))) {
        graph.addInitializer(weight);
      }
      boolean end = i == weights.size() - 1;
      graph.addNode(node("MatMul", List.of(at, weight.getName()), end ? "y" : "product" + i));
      if (!end) {
        graph.addNode(node("Relu", List.of("product" + i), "hidden" + i));
        at = "hidden" + i;
      }
    }
    return graph;
  }

  /** A chain of square matrices of random values. */
  static GraphProto.Builder chain(long seed, int layers, int size) {
    Random random = new Random(seed);
    List<TensorProto.Builder> weights = new java.util.ArrayList<>();
    for (int i = 0; i < layers; i++) {
      weights.add(random("w" + i, random, size, size));
    }
    return chain(weights);
  }

  /**
   * The graph with all values moved, as by training: statistics and small tensors too.
   *
   * @param share of themselves by which some are
   */
  static GraphProto.Builder moved(GraphProto.Builder graph, float share) {
    GraphProto.Builder moved = graph.clone();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      float[] values = new float[raw.remaining() / Float.BYTES];
      raw.asFloatBuffer().get(values);
      for (int k = 0; k < values.length; k++) {
        values[k] *= 1 + share * (k % 5 - 1);
      }
      long[] dims = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
      moved.setInitializer(i, Onnx.floats(tensor.getName(), values, dims));
    }
    return moved;
  }
}
