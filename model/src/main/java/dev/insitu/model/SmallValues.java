package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Follows the elements of small tensors, which are mostly shapes in the making. */
final class SmallValues {

  private SmallValues() {}

  /** The elements of a tensor that carries its own values; null if it is big or of an odd type. */
  static double @Nullable [] of(TensorProto tensor, long elements) {
    if (elements > Fact.MAX_VALUES || StoredTensors.number(tensor) >= 0) {
      return null;
    }
    int type = tensor.getDataType();
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    if (raw.remaining() != elements * ElementTypes.bits(type) / 8) {
      return null;
    }
    double[] values = new double[(int) elements];
    for (int i = 0; i < values.length; i++) {
      switch (type) {
        case DataType.INT64_VALUE -> values[i] = raw.getLong();
        case DataType.INT32_VALUE -> values[i] = raw.getInt();
        case DataType.FLOAT_VALUE -> values[i] = raw.getFloat();
        case DataType.DOUBLE_VALUE -> values[i] = raw.getDouble();
        case DataType.BOOL_VALUE -> values[i] = raw.get();
        default -> {
          return null;
        }
      }
    }
    return values;
  }

  /** The elements of the node's first output; null if they do not follow from what is known. */
  static double @Nullable [] output(OpFacts o) {
    double[] in = o.in(0).values();
    long count = o.out(0).elements();
    return switch (o.node().getOpType()) {
      case "Shape" -> o.out(0).values();
      case "Size" -> new double[] {o.in(0).elements() < 0 ? Double.NaN : o.in(0).elements()};
      case "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten" -> in;
      case "Cast" -> cast(o);
      case "Floor" -> each(in, Math::floor);
      case "Ceil" -> each(in, Math::ceil);
      case "Neg" -> each(in, v -> -v);
      case "Not" -> each(in, v -> v == 0 ? 1 : 0);
      case "Add" -> join(o, Double::sum);
      case "Sub" -> join(o, (a, b) -> a - b);
      case "Mul" -> join(o, (a, b) -> a * b);
      case "Div" ->
          join(o, ElementTypes.isFloat(o.in(0).type()) ? (a, b) -> a / b : SmallValues::quotient);
      case "Max" -> o.inputCount() == 2 ? join(o, Math::max) : null;
      case "Min" -> o.inputCount() == 2 ? join(o, Math::min) : null;
      case "Equal" -> join(o, (a, b) -> a == b ? 1 : 0);
      case "Less" -> join(o, (a, b) -> a < b ? 1 : 0);
      case "Greater" -> join(o, (a, b) -> a > b ? 1 : 0);
      case "Where" -> where(o);
      case "Concat" -> concat(o);
      case "Gather" -> gather(o);
      case "Slice" -> slice(o);
      case "Transpose" -> transpose(o);
      case "Expand" -> in != null && in.length == 1 && count >= 0 ? filled(count, in[0]) : null;
      case "ConstantOfShape" -> count < 0 ? null : filled(count, fillValue(o));
      case "ReduceProd" -> in == null || count != 1 ? null : new double[] {product(in)};
      case "Range" -> range(o);
      default -> null;
    };
  }

  private static double quotient(double a, double b) {
    double quotient = a / b;
    return quotient < 0 ? Math.ceil(quotient) : Math.floor(quotient);
  }

  private static double @Nullable [] each(double @Nullable [] in, DoubleUnaryOperator operator) {
    return in == null
        ? null
        : Arrays.stream(in).map(v -> Double.isNaN(v) ? v : operator.applyAsDouble(v)).toArray();
  }

  private static double @Nullable [] cast(OpFacts o) {
    int to = o.out(0).type();
    boolean whole = to == DataType.INT64_VALUE || to == DataType.INT32_VALUE;
    boolean real = to == DataType.FLOAT_VALUE || to == DataType.DOUBLE_VALUE;
    if (to == DataType.BOOL_VALUE) {
      return each(o.in(0).values(), v -> v == 0 ? 0 : 1);
    }
    return whole ? each(o.in(0).values(), v -> quotient(v, 1)) : real ? o.in(0).values() : null;
  }

  private static double @Nullable [] join(OpFacts o, DoubleBinaryOperator operator) {
    double[] a = o.in(0).values();
    double[] b = o.in(1).values();
    if (a == null || b == null || a.length != b.length && a.length != 1 && b.length != 1) {
      return null;
    }
    double[] out = new double[a.length == 1 ? b.length : a.length];
    for (int i = 0; i < out.length; i++) {
      double left = a[a.length == 1 ? 0 : i];
      double right = b[b.length == 1 ? 0 : i];
      boolean known = !Double.isNaN(left) && !Double.isNaN(right);
      out[i] = known ? operator.applyAsDouble(left, right) : Double.NaN;
    }
    return out;
  }

  private static double @Nullable [] where(OpFacts o) {
    double[] condition = o.in(0).values();
    double[] yes = o.in(1).values();
    double[] no = o.in(2).values();
    long count = o.out(0).elements();
    if (condition == null || yes == null || no == null || count < 0 || count > Fact.MAX_VALUES) {
      return null;
    }
    double[] out = new double[(int) count];
    for (double[] part : new double[][] {condition, yes, no}) {
      if (part.length != 1 && part.length != out.length) {
        return null;
      }
    }
    for (int i = 0; i < out.length; i++) {
      double chosen = condition[condition.length == 1 ? 0 : i];
      double[] from = chosen == 0 ? no : yes;
      out[i] = Double.isNaN(chosen) ? Double.NaN : from[from.length == 1 ? 0 : i];
    }
    return out;
  }

  private static double @Nullable [] concat(OpFacts o) {
    if (o.out(0).rank() != 1 || o.out(0).dim(0) < 0 || o.out(0).dim(0) > Fact.MAX_VALUES) {
      return null;
    }
    double[] out = filled(o.out(0).dim(0), Double.NaN);
    int at = 0;
    for (int i = 0; i < o.inputCount(); i++) {
      double[] part = o.in(i).values();
      if (part != null) {
        System.arraycopy(part, 0, out, at, part.length);
      }
      at += (int) o.in(i).dim(0);
    }
    return out;
  }

  private static double @Nullable [] gather(OpFacts o) {
    double[] in = o.in(0).values();
    double[] indices = o.in(1).values();
    if (in == null || indices == null || o.in(0).rank() != 1) {
      return null;
    }
    double[] out = new double[indices.length];
    for (int i = 0; i < out.length; i++) {
      int index = (int) indices[i];
      out[i] = Double.isNaN(indices[i]) ? Double.NaN : in[index < 0 ? index + in.length : index];
    }
    return out;
  }

  /** A slice along one axis. */
  private static double @Nullable [] slice(OpFacts o) {
    double[] in = o.in(0).values();
    long[] starts = o.integers("starts", 1);
    long[] ends = o.integers("ends", 2);
    long[] axes = o.integers("axes", 3);
    long[] steps = o.has(4) ? o.integers(4) : new long[] {1};
    long[] dims = o.in(0).dims();
    if (in == null || starts == null || ends == null || steps == null || dims == null) {
      return null;
    }
    if (starts.length != 1 || axes == null && o.has(3)) {
      return null;
    }
    int axis = axes == null ? 0 : OpFacts.axis(axes[0], dims.length);
    SliceRule.Range range = SliceRule.range(dims[axis], starts[0], ends[0], steps[0]);
    int inner = (int) Dims.elements(Arrays.copyOfRange(dims, axis + 1, dims.length));
    int outer = (int) Dims.elements(Arrays.copyOf(dims, axis));
    double[] out = new double[(int) (outer * range.count() * inner)];
    int next = 0;
    for (int i = 0; i < outer; i++) {
      for (int k = 0; k < range.count(); k++) {
        long from = (i * dims[axis] + range.start() + k * range.step()) * inner;
        System.arraycopy(in, (int) from, out, next, inner);
        next += inner;
      }
    }
    return out;
  }

  /** A matrix turned over; other transpositions are not followed. */
  private static double @Nullable [] transpose(OpFacts o) {
    double[] in = o.in(0).values();
    long[] order = Ops.integers(o.node(), "perm");
    if (in == null || o.in(0).rank() != 2 || order != null && order[0] == 0) {
      return null;
    }
    int rows = (int) o.in(0).dim(0);
    int columns = (int) o.in(0).dim(1);
    double[] out = new double[in.length];
    for (int i = 0; i < in.length; i++) {
      out[i % columns * rows + i / columns] = in[i];
    }
    return out;
  }

  private static double @Nullable [] filled(long count, double value) {
    if (count > Fact.MAX_VALUES) {
      return null;
    }
    double[] out = new double[(int) count];
    Arrays.fill(out, value);
    return out;
  }

  private static double fillValue(OpFacts o) {
    AttributeProto value = Ops.attribute(o.node(), "value");
    double[] values = value == null ? new double[1] : of(value.getT(), 1);
    return values == null ? Double.NaN : values[0];
  }

  private static double product(double[] in) {
    return Arrays.stream(in).reduce(1, (a, b) -> a * b);
  }

  private static double @Nullable [] range(OpFacts o) {
    long[] start = o.integers(0);
    long[] limit = o.integers(1);
    long[] delta = o.integers(2);
    if (start == null || limit == null || delta == null || ElementTypes.isFloat(o.in(0).type())) {
      return null;
    }
    long count = Math.max(0, Math.ceilDiv(limit[0] - start[0], delta[0]));
    if (count > Fact.MAX_VALUES) {
      return null;
    }
    double[] out = new double[(int) count];
    for (int i = 0; i < out.length; i++) {
      out[i] = start[0] + (double) i * delta[0];
    }
    return out;
  }
}
