package dev.insitu.benchmarks.models;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.TensorProto.DataType;
import dev.insitu.model.proto.TensorShapeProto;
import dev.insitu.model.proto.TensorShapeProto.Dimension;
import dev.insitu.model.proto.TypeProto;
import dev.insitu.model.proto.ValueInfoProto;
import java.util.Arrays;
import java.util.List;

/** Small ONNX messages. */
final class Onnx {
  private Onnx() {}

  /** An attribute of a node. */
  record Attribute(AttributeProto proto) {}

  static Attribute integer(String name, long value) {
    return attribute(name, AttributeType.INT, AttributeProto.newBuilder().setI(value));
  }

  static Attribute integers(String name, long... values) {
    return attribute(
        name,
        AttributeType.INTS,
        AttributeProto.newBuilder().addAllInts(Arrays.stream(values).boxed().toList()));
  }

  static Attribute decimal(String name, float value) {
    return attribute(name, AttributeType.FLOAT, AttributeProto.newBuilder().setF(value));
  }

  static ValueInfoProto value(ModelInput input) {
    int type =
        switch (input) {
          case ModelInput.Floats _ -> DataType.FLOAT_VALUE;
          case ModelInput.Integers _ -> DataType.INT64_VALUE;
        };
    return value(input.name(), type, input.shape());
  }

  /** A value whose first dimension is the batch; a dimension is a number or a name. */
  static ValueInfoProto value(String name, int type, List<String> shapeAfterBatch) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder().addDim(dimension("batch"));
    shapeAfterBatch.forEach(length -> shape.addDim(dimension(length)));
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }

  private static Dimension dimension(String length) {
    return Character.isDigit(length.charAt(0))
        ? Dimension.newBuilder().setDimValue(Long.parseLong(length)).build()
        : Dimension.newBuilder().setDimParam(length).build();
  }

  private static Attribute attribute(
      String name, AttributeType type, AttributeProto.Builder attribute) {
    return new Attribute(attribute.setName(name).setType(type).build());
  }
}
