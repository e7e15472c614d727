package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.train.ops.Operators.Entry;
import java.util.Map;

/** Truth values and the choice by them, and conversions of types. */
final class Comparisons {

  private Comparisons() {}

  static void register(Map<String, Entry> into) {
    add(into, "Equal", c -> JniUtils.eq(same(c, 0), same(c, 1)));
    add(into, "Less", c -> JniUtils.lt(c.in(0), c.in(1)));
    add(into, "LessOrEqual", 12, c -> JniUtils.lte(c.in(0), c.in(1)));
    add(into, "Greater", c -> JniUtils.gt(c.in(0), c.in(1)));
    add(into, "GreaterOrEqual", 12, c -> JniUtils.gte(c.in(0), c.in(1)));
    add(into, "And", c -> JniUtils.logicalAnd(c.in(0), c.in(1)));
    add(into, "Or", c -> JniUtils.logicalOr(c.in(0), c.in(1)));
    add(into, "Xor", c -> JniUtils.logicalXor(c.in(0), c.in(1)));
    add(into, "Not", c -> JniUtils.logicalNot(c.in(0)));
    add(into, "Where", 9, c -> JniUtils.where(c.in(0), c.in(1), c.in(2)));
    add(into, "Cast", c -> cast(c, (int) c.integer("to", TensorProto.DataType.FLOAT_VALUE)));
    add(into, "CastLike", 15, c -> c.in(0).toType(c.in(1).getDataType(), false));
  }

  /** Truth values are compared as numbers. */
  private static PtNDArray same(OpCall c, int input) {
    return c.in(input).getDataType() == DataType.BOOLEAN
        ? c.passing(c.in(input).toType(DataType.INT64, true))
        : c.in(input);
  }

  /** All floats are float32 here, all integers int64. */
  private static NDArray cast(OpCall c, int to) {
    DataType type =
        switch (to) {
          case TensorProto.DataType.FLOAT_VALUE, TensorProto.DataType.DOUBLE_VALUE ->
              DataType.FLOAT32;
          case TensorProto.DataType.FLOAT16_VALUE, TensorProto.DataType.BFLOAT16_VALUE ->
              DataType.FLOAT32;
          case TensorProto.DataType.INT64_VALUE, TensorProto.DataType.INT32_VALUE -> DataType.INT64;
          case TensorProto.DataType.INT16_VALUE, TensorProto.DataType.INT8_VALUE -> DataType.INT64;
          case TensorProto.DataType.UINT8_VALUE, TensorProto.DataType.UINT16_VALUE ->
              DataType.INT64;
          case TensorProto.DataType.UINT32_VALUE, TensorProto.DataType.UINT64_VALUE ->
              DataType.INT64;
          case TensorProto.DataType.BOOL_VALUE -> DataType.BOOLEAN;
          default -> throw c.lacks("a conversion to type " + to);
        };
    return c.in(0).toType(type, false);
  }
}
