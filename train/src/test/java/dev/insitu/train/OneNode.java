package dev.insitu.train;

import com.google.protobuf.ByteString;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import dev.insitu.model.proto.ValueInfoProto;
import dev.insitu.train.Judge.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A model of one node: floats are fed, integers and truth values are constants unless said. */
final class OneNode {

  private final String op;
  private final NodeProto.Builder node = NodeProto.newBuilder();
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");
  private final Map<String, Value> fed = new LinkedHashMap<>();
  private final Random random;
  private int outputs = 1;

  private OneNode(String op) {
    this.op = op;
    this.random = new Random(op.hashCode());
    node.setOpType(op).setName("the_" + op);
  }

  static OneNode of(String op) {
    return new OneNode(op);
  }

  String op() {
    return op;
  }

  private String name() {
    return "x" + node.getInputCount();
  }

  /** A fed input of normal floats. */
  OneNode real(long... dims) {
    return real(1, 0, dims);
  }

  /** A fed input: absolute values of normal floats, and at least a little. */
  OneNode positive(long... dims) {
    Value value = Value.reals(dims, random);
    for (int i = 0; i < value.numbers().length; i++) {
      value.numbers()[i] = (float) (0.5 + Math.abs(value.numbers()[i]));
    }
    return feed(value, DataType.FLOAT_VALUE);
  }

  private OneNode real(double scale, double shift, long... dims) {
    Value value = Value.reals(dims, random);
    for (int i = 0; i < value.numbers().length; i++) {
      value.numbers()[i] = (float) (value.numbers()[i] * scale + shift);
    }
    return feed(value, DataType.FLOAT_VALUE);
  }

  /** A fed input of integers. */
  OneNode fedLongs(long[] dims, double... numbers) {
    return feed(Value.longs(dims, numbers), DataType.INT64_VALUE);
  }

  private OneNode feed(Value value, int type) {
    ValueInfoProto.Builder info = ValueInfoProto.newBuilder().setName(name());
    var tensor = info.getTypeBuilder().getTensorTypeBuilder().setElemType(type);
    tensor.getShapeBuilder();
    for (long dim : value.dims()) {
      tensor.getShapeBuilder().addDimBuilder().setDimValue(dim);
    }
    graph.addInput(info);
    fed.put(name(), value);
    node.addInput(name());
    return this;
  }

  /** A constant list of integers. */
  OneNode longs(long... values) {
    return constant(new long[] {values.length}, values);
  }

  /** A constant integer. */
  OneNode one(long value) {
    return constant(new long[0], value);
  }

  /** Constant integers of a shape. */
  OneNode constant(long[] dims, long... values) {
    ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return initializer(DataType.INT64_VALUE, dims, raw);
  }

  /** Constant truth values of a shape. */
  OneNode truth(long[] dims, int... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length);
    for (int i = 0; i < values.length; i++) {
      raw.put(i, (byte) values[i]);
    }
    return initializer(DataType.BOOL_VALUE, dims, raw);
  }

  /** Constant floats in a list. */
  OneNode floats(float... values) {
    return floats(new long[] {values.length}, values);
  }

  /** A constant float. */
  OneNode one(float value) {
    return floats(new long[0], value);
  }

  OneNode floats(long[] dims, float... values) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return initializer(DataType.FLOAT_VALUE, dims, raw);
  }

  private OneNode initializer(int type, long[] dims, ByteBuffer raw) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name())
            .setDataType(type)
            .setRawData(ByteString.copyFrom(raw));
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    graph.addInitializer(tensor);
    node.addInput(name());
    return this;
  }

  /** An input left out. */
  OneNode absent() {
    node.addInput("");
    return this;
  }

  OneNode with(String attribute, long value) {
    node.addAttribute(named(attribute, AttributeType.INT).setI(value));
    return this;
  }

  OneNode with(String attribute, float value) {
    node.addAttribute(named(attribute, AttributeType.FLOAT).setF(value));
    return this;
  }

  OneNode with(String attribute, String value) {
    node.addAttribute(named(attribute, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
    return this;
  }

  OneNode ints(String attribute, long... values) {
    var list = Arrays.stream(values).boxed().toList();
    node.addAttribute(named(attribute, AttributeType.INTS).addAllInts(list));
    return this;
  }

  OneNode reals(String attribute, float... values) {
    var builder = named(attribute, AttributeType.FLOATS);
    for (float value : values) {
      builder.addFloats(value);
    }
    node.addAttribute(builder);
    return this;
  }

  OneNode value(float value) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDataType(DataType.FLOAT_VALUE).addDims(1).addFloatData(value);
    node.addAttribute(named("value", AttributeType.TENSOR).setT(tensor));
    return this;
  }

  OneNode outputs(int count) {
    outputs = count;
    return this;
  }

  private static AttributeProto.Builder named(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  /** What is fed, by name. */
  Map<String, Value> fed() {
    return fed;
  }

  List<String> outputNames() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      names.add("y" + i);
    }
    return names;
  }

  Path write(int opset, Path file) throws IOException {
    node.clearOutput();
    graph.clearOutput();
    for (String output : outputNames()) {
      node.addOutput(output);
      graph.addOutput(ValueInfoProto.newBuilder().setName(output));
    }
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(opset < 21 ? 8 : opset < 23 ? 10 : 11)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
            .setGraph(graph.clone().addNode(node))
            .build();
    return Files.write(file, model.toByteArray());
  }
}
