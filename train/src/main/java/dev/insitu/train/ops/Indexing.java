package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.train.Torch;
import dev.insitu.train.ops.Operators.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;

/** Elements looked up by number, shapes, and numbers made from nothing. */
final class Indexing {

  private Indexing() {}

  static void register(Map<String, Entry> into) {
    add(into, "Gather", Indexing::gather);
    add(into, "GatherElements", 11, Indexing::gatherElements);
    add(into, "Shape", Indexing::shape);
    add(into, "Size", c -> Torch.longs(c.scope(), new long[] {c.in(0).size()}));
    add(into, "ConstantOfShape", 9, Indexing::constantOfShape);
    add(into, "Range", 11, Indexing::range);
  }

  private static NDArray gather(OpCall c) {
    int axis = c.axis("axis", 0, c.rank(0));
    long[] indices = fromFront(c, c.longs(1), c.dims(0)[axis]);
    NDArray rows = c.passing(rows(c, c.in(0), axis, indices));
    long[] dims = c.dims(0);
    long[] shape = new long[dims.length - 1 + c.rank(1)];
    System.arraycopy(dims, 0, shape, 0, axis);
    System.arraycopy(c.dims(1), 0, shape, axis, c.rank(1));
    System.arraycopy(dims, axis + 1, shape, axis + c.rank(1), dims.length - axis - 1);
    return JniUtils.reshape((PtNDArray) rows, shape);
  }

  private static long[] fromFront(OpCall c, long[] indices, long size) {
    for (int i = 0; i < indices.length; i++) {
      indices[i] = indices[i] < 0 ? indices[i] + size : indices[i];
      if (indices[i] < 0 || indices[i] >= size) {
        throw c.lacks("index " + indices[i] + " of " + size);
      }
    }
    return indices;
  }

  /**
   * An array with these entries of one dimension. PyTorch's look-up in a table is the one whose
   * gradient is in the bindings, so the dimension becomes a table's rows.
   */
  static NDArray rows(OpCall c, PtNDArray x, int axis, long[] indices) {
    long[] dims = OpCall.dims(x);
    PtNDArray front = axis == 0 ? x : c.passing(JniUtils.transpose(x, 0, axis));
    long[] swapped = OpCall.dims(front);
    PtNDArray table = c.passing(JniUtils.reshape(front, new long[] {dims[axis], -1}));
    PtNDArray numbers = (PtNDArray) c.passing(Torch.longs(c.scope(), indices, indices.length));
    PtNDArray found = c.passing(JniUtils.embedding(numbers, table, false));
    swapped[0] = indices.length;
    PtNDArray shaped = JniUtils.reshape(found, swapped);
    return axis == 0 ? shaped : JniUtils.transpose(c.passing(shaped), 0, axis);
  }

  private static NDArray gatherElements(OpCall c) {
    int axis = c.axis("axis", 0, c.rank(0));
    long[] indices = fromFront(c, c.longs(1), c.dims(0)[axis]);
    PtNDArray numbers = (PtNDArray) c.passing(Torch.longs(c.scope(), indices, c.dims(1)));
    return JniUtils.gather(c.in(0), numbers, axis);
  }

  private static NDArray shape(OpCall c) {
    long[] dims = c.dims(0);
    int from = Math.clamp(position(c, "start", 0, dims.length), 0, dims.length);
    int to = Math.clamp(position(c, "end", dims.length, dims.length), from, dims.length);
    return Torch.longs(c.scope(), Arrays.copyOfRange(dims, from, to), to - from);
  }

  private static long position(OpCall c, String attribute, long otherwise, int rank) {
    long at = c.integer(attribute, otherwise);
    return at < 0 ? at + rank : at;
  }

  private static NDArray constantOfShape(OpCall c) {
    Shape shape = new Shape(c.longs(0));
    AttributeProto value = c.attribute("value");
    if (value == null) {
      return c.scope().zeros(shape, DataType.FLOAT32);
    }
    TensorProto tensor = value.getT();
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return switch (tensor.getDataType()) {
      case TensorProto.DataType.FLOAT_VALUE ->
          c.scope().full(shape, raw.getFloat(), DataType.FLOAT32);
      case TensorProto.DataType.INT64_VALUE -> longs(c, shape, raw.getLong());
      case TensorProto.DataType.INT32_VALUE -> longs(c, shape, raw.getInt());
      case TensorProto.DataType.BOOL_VALUE ->
          c.passing(longs(c, shape, raw.get())).toType(DataType.BOOLEAN, true);
      default -> throw c.lacks("a value of type " + tensor.getDataType());
    };
  }

  private static NDArray longs(OpCall c, Shape shape, long value) {
    long[] values = new long[Math.toIntExact(shape.size())];
    Arrays.fill(values, value);
    return Torch.longs(c.scope(), values, shape.getShape());
  }

  private static NDArray range(OpCall c) {
    if (c.in(0).getDataType() == DataType.FLOAT32) {
      float start = c.in(0).toFloatArray()[0];
      float step = c.in(2).toFloatArray()[0];
      int count = (int) Math.max(0, Math.ceil((c.in(1).toFloatArray()[0] - start) / step));
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = start + i * step;
      }
      return Torch.floats(c.scope(), values, count);
    }
    long start = c.longs(0)[0];
    long step = c.longs(2)[0];
    long count = Math.max(0, Math.ceilDiv(c.longs(1)[0] - start, step));
    long[] values = LongStream.range(0, count).map(i -> start + i * step).toArray();
    return Torch.longs(c.scope(), values, values.length);
  }
}
