package dev.insitu.model;

import com.google.protobuf.ByteString;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns Constant nodes into tensors. */
final class ConstantNodes {

  private ConstantNodes() {}

  /** The node's tensor without a name; null if it is no Constant node or a sparse one. */
  static @Nullable TensorProto tensor(NodeProto node) {
    if (!node.getOpType().equals("Constant")
        || !Ops.isStandard(node.getDomain())
        || node.getAttributeCount() != 1
        || node.getOutputCount() != 1) {
      return null;
    }
    AttributeProto attribute = node.getAttribute(0);
    return switch (attribute.getName()) {
      case "value" -> attribute.hasT() ? attribute.getT() : null;
      case "value_float" -> floats(List.of(attribute.getF())).clearDims().build();
      case "value_floats" -> floats(attribute.getFloatsList()).build();
      case "value_int" -> ints(List.of(attribute.getI())).clearDims().build();
      case "value_ints" -> ints(attribute.getIntsList()).build();
      case "value_string" -> strings(List.of(attribute.getS())).clearDims().build();
      case "value_strings" -> strings(attribute.getStringsList()).build();
      default -> null;
    };
  }

  private static TensorProto.Builder floats(List<Float> values) {
    ByteBuffer bytes = littleEndian(values.size() * 4);
    values.forEach(bytes::putFloat);
    return raw(TensorProto.DataType.FLOAT_VALUE, values.size(), bytes);
  }

  private static TensorProto.Builder ints(List<Long> values) {
    ByteBuffer bytes = littleEndian(values.size() * 8);
    values.forEach(bytes::putLong);
    return raw(TensorProto.DataType.INT64_VALUE, values.size(), bytes);
  }

  private static TensorProto.Builder strings(List<ByteString> values) {
    return TensorProto.newBuilder()
        .setDataType(TensorProto.DataType.STRING_VALUE)
        .addDims(values.size())
        .addAllStringData(values);
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TensorProto.Builder raw(int type, int count, ByteBuffer bytes) {
    return TensorProto.newBuilder()
        .setDataType(type)
        .addDims(count)
        .setRawData(ByteString.copyFrom(bytes.flip()));
  }
}
