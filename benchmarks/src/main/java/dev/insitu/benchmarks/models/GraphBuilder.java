package dev.insitu.benchmarks.models;

import com.google.protobuf.ByteString;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the nodes, weights, inputs and outputs of one model. Methods that add something return
 * the name of the value it makes. Not thread-safe.
 */
final class GraphBuilder {
  private final ModelSpec spec;
  private final ValueStream values;
  private final GraphProto.Builder nodes = GraphProto.newBuilder();
  private final GraphProto.Builder ends = GraphProto.newBuilder();
  private final Map<String, TensorSpec> tensors = new LinkedHashMap<>();
  private final Map<String, String> widened = new LinkedHashMap<>();
  private final List<ModelInput> inputs = new ArrayList<>();

  GraphBuilder(ModelSpec spec) {
    this.spec = spec;
    this.values = new ValueStream(spec.weights(), spec.seed());
    nodes.setName(spec.structure().toString());
  }

  ModelSpec spec() {
    return spec;
  }

  /** What was collected, its weights still to be made. */
  ModelPlan finish() {
    return new ModelPlan(
        spec, nodes.build(), List.copyOf(tensors.values()), ends.build(), List.copyOf(inputs));
  }

  String input(ModelInput input) {
    inputs.add(input);
    ends.addInput(Onnx.value(input));
    return input.name();
  }

  /** Makes {@code value} an output, float32, under its own name. */
  void output(String value, String... shapeAfterBatch) {
    ends.addOutput(Onnx.value(value, DataType.FLOAT_VALUE, List.of(shapeAfterBatch)));
  }

  /** Adds a node with one output, called as the node is. */
  String node(String name, String type, List<String> inputs, Onnx.Attribute... attributes) {
    nodes.addNode(
        NodeProto.newBuilder()
            .setName(name)
            .setOpType(type)
            .addAllInput(inputs)
            .addOutput(name)
            .addAllAttribute(Arrays.stream(attributes).map(Onnx.Attribute::proto).toList()));
    return name;
  }

  /**
   * A tensor of weights in their own type. A name that exists already names the tensor that exists.
   */
  String stored(String name, Fill fill, long... dims) {
    TensorSpec tensor = TensorSpec.of(name, spec.type(), fill, dims);
    TensorSpec first = tensors.putIfAbsent(name, tensor);
    if (first != null && !first.dims().equals(tensor.dims())) {
      throw new IllegalStateException(
          "tensor %s is shared as %s and %s".formatted(name, first.dims(), tensor.dims()));
    }
    return name;
  }

  /** As {@link #stored}, but float32 for the nodes that use it. */
  String weight(String name, Fill fill, long... dims) {
    stored(name, fill, dims);
    String known = widened.get(name);
    if (known == null) {
      known = widen(name);
      widened.put(name, known);
    }
    return known;
  }

  /** {@code value}, which has the weights' type, as float32. */
  String widen(String value) {
    if (spec.type() == WeightType.FLOAT32) {
      return value;
    }
    return node(
        value + ".float32", "Cast", List.of(value), Onnx.integer("to", DataType.FLOAT_VALUE));
  }

  /** The values that {@link #stored} would give a small tensor. */
  float[] peek(String name, Fill fill, int count) {
    return values.values(name, fill, count);
  }

  /** A constant list of whole numbers. */
  String indices(String name, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return constant(name, DataType.INT64_VALUE, Long.BYTES, List.of((long) values.length), bytes);
  }

  /** A constant float32 without dimensions, whatever type the weights have. */
  String scalar(String name, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(0, value);
    return constant(name, DataType.FLOAT_VALUE, Float.BYTES, List.of(), bytes);
  }

  private String constant(String name, int type, int width, List<Long> dims, ByteBuffer bytes) {
    Fill fill = new Fill.Bytes(ByteString.copyFrom(bytes));
    tensors.putIfAbsent(name, new TensorSpec(name, type, width, dims, fill));
    return name;
  }
}
