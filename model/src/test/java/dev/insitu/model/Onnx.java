package dev.insitu.model;

import com.google.protobuf.ByteString;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.OperatorSetIdProto;
import dev.insitu.model.proto.StringStringEntryProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import dev.insitu.model.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Makes small models for tests. */
public final class Onnx {

  public static final int FLOAT = DataType.FLOAT_VALUE;
  public static final int INT64 = DataType.INT64_VALUE;
  public static final int BOOL = DataType.BOOL_VALUE;

  private Onnx() {}

  public static ModelProto.Builder model(int opset, GraphProto.Builder graph) {
    return ModelProto.newBuilder()
        .setIrVersion(opset < 9 ? 3 : opset < 21 ? 8 : 10)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(graph);
  }

  public static GraphProto.Builder graph() {
    return GraphProto.newBuilder().setName("test");
  }

  public static Path write(ModelProto.Builder model, Path file) throws IOException {
    return Files.write(file, model.build().toByteArray());
  }

  public static NodeProto.Builder node(String op, List<String> inputs, List<String> outputs) {
    return NodeProto.newBuilder()
        .setOpType(op)
        .setName(op + "_" + outputs.getFirst())
        .addAllInput(inputs)
        .addAllOutput(outputs);
  }

  public static NodeProto.Builder node(String op, List<String> inputs, String output) {
    return node(op, inputs, List.of(output));
  }

  public static NodeProto.Builder constant(String name, TensorProto.Builder tensor) {
    return node("Constant", List.of(), name)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeType.TENSOR)
                .setT(tensor));
  }

  public static AttributeProto.Builder attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value);
  }

  public static AttributeProto.Builder attribute(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute;
  }

  public static AttributeProto.Builder attribute(String name, GraphProto.Builder graph) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(graph);
  }

  public static ValueInfoProto.Builder value(String name, int type, long... dims) {
    ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
    var tensor = value.getTypeBuilder().getTensorTypeBuilder().setElemType(type);
    tensor.getShapeBuilder();
    for (long dim : dims) {
      var proto = tensor.getShapeBuilder().addDimBuilder();
      if (dim >= 0) {
        proto.setDimValue(dim);
      }
    }
    return value;
  }

  /** A tensor without values. */
  public static TensorProto.Builder tensor(String name, int type, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type);
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  /** A float tensor with seeded values, as raw data. */
  public static TensorProto.Builder random(String name, long... dims) {
    return tensor(name, FLOAT, dims).setRawData(ByteString.copyFrom(randomFloats(name, dims)));
  }

  public static ByteBuffer randomFloats(String name, long... dims) {
    Random random = new Random(name.hashCode());
    int count = (int) Dims.elements(dims);
    ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putFloat((float) random.nextGaussian() / 4);
    }
    return bytes.flip();
  }

  public static TensorProto.Builder longs(String name, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putLong(value);
    }
    return tensor(name, INT64, values.length).setRawData(ByteString.copyFrom(bytes.flip()));
  }

  public static TensorProto.Builder bytes(String name, int type, byte[] values, long... dims) {
    return tensor(name, type, dims).setRawData(ByteString.copyFrom(values));
  }

  public static TensorProto.Builder external(
      TensorProto.Builder tensor, String location, long offset, long length) {
    return tensor
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", location))
        .addExternalData(entry("offset", Long.toString(offset)))
        .addExternalData(entry("length", Long.toString(length)));
  }

  public static StringStringEntryProto.Builder entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
  }

  /** y = x · w, the smallest model with a weight. */
  public static GraphProto.Builder matMul(TensorProto.Builder weight, long rows, long columns) {
    return graph()
        .addInput(value("x", FLOAT, 1, rows))
        .addOutput(value("y", FLOAT, 1, columns))
        .addInitializer(weight)
        .addNode(node("MatMul", List.of("x", weight.getName()), "y"));
  }

  public static byte[] array(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.duplicate().get(array);
    return array;
  }

  public static byte[] read(Weight weight) {
    ByteBuffer bytes = ByteBuffer.allocate((int) weight.byteLength());
    weight.read(0, bytes);
    return bytes.array();
  }
}
