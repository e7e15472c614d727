package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.train.Torch;
import dev.insitu.train.ops.Operators.Entry;
import java.util.Map;
import java.util.function.BinaryOperator;

/** Sums, products, powers, roots: element by element, with broadcasting. */
final class Arithmetic {

  private Arithmetic() {}

  static void register(Map<String, Entry> into) {
    add(into, "Add", c -> c.in(0).add(c.in(1)));
    add(into, "Sub", c -> c.in(0).sub(c.in(1)));
    add(into, "Mul", c -> c.in(0).mul(c.in(1)));
    add(into, "Div", Arithmetic::divide);
    add(into, "Mod", 10, Arithmetic::modulo);
    add(into, "Pow", Arithmetic::power);
    add(into, "Sum", c -> folded(c, NDArray::add));
    add(into, "Mean", c -> folded(c, NDArray::add).mul(c.scalar(1.0 / c.inputCount())));
    add(into, "Max", 8, c -> folded(c, NDArray::maximum));
    add(into, "Min", 8, c -> folded(c, NDArray::minimum));
    add(into, "Neg", c -> c.in(0).neg());
    add(into, "Abs", c -> c.in(0).abs());
    add(into, "Sqrt", c -> c.in(0).sqrt());
    add(into, "Exp", c -> c.in(0).exp());
    add(into, "Log", c -> c.in(0).log());
    add(into, "Reciprocal", c -> c.scalar(1).div(c.in(0)));
    add(into, "Sin", c -> c.in(0).sin());
    add(into, "Cos", c -> c.in(0).cos());
    add(into, "Erf", 9, c -> c.in(0).erf());
    add(into, "Floor", c -> c.in(0).floor());
    add(into, "Ceil", c -> c.in(0).ceil());
    add(into, "Round", 11, c -> c.in(0).round());
    add(into, "Sign", 9, c -> c.in(0).sign());
  }

  private static NDArray folded(OpCall c, BinaryOperator<NDArray> operator) {
    NDArray result = c.in(0);
    for (int i = 1; i < c.inputCount(); i++) {
      if (i > 1) {
        c.passing(result);
      }
      result = operator.apply(result, c.in(i));
    }
    return result;
  }

  /** Whole numbers are divided as Java does, towards zero. */
  private static NDArray divide(OpCall c) {
    if (c.in(0).getDataType() != DataType.INT64) {
      return c.in(0).div(c.in(1));
    }
    PtNDArray zero = c.passing(c.in(0).sub(c.in(0)));
    PtNDArray shaped = c.passing(JniUtils.mul(zero, c.in(1)));
    Shape shape = shaped.getShape();
    long[] left = c.passing(JniUtils.broadcast(c.in(0), shape)).toLongArray();
    long[] right = c.passing(JniUtils.broadcast(c.in(1), shape)).toLongArray();
    for (int i = 0; i < left.length; i++) {
      left[i] /= right[i];
    }
    return Torch.longs(c.scope(), left, shape.getShape().clone());
  }

  /** The sign is the divisor's, or with {@code fmod} the dividend's. */
  private static NDArray modulo(OpCall c) {
    if (c.integer("fmod", 0) == 0) {
      return JniUtils.remainder(c.in(0), c.in(1));
    }
    PtNDArray quotient = c.passing(JniUtils.div(c.in(0), c.in(1)));
    PtNDArray whole = c.passing(JniUtils.trunc(quotient));
    return c.in(0).sub(c.passing(JniUtils.mul(whole, c.in(1))));
  }

  private static NDArray power(OpCall c) {
    if (c.in(1).size() == 1 && c.in(1).getShape().dimension() <= c.rank(0)) {
      double exponent =
          c.in(1).getDataType() == DataType.FLOAT32 ? c.in(1).toFloatArray()[0] : c.longs(1)[0];
      if (exponent == 2) {
        return c.in(0).mul(c.in(0));
      }
      if (exponent == 0.5) {
        return c.in(0).sqrt();
      }
    }
    PtNDArray exponent =
        c.in(1).getDataType() == c.in(0).getDataType()
            ? c.in(1)
            : c.passing(c.in(1).toType(c.in(0).getDataType(), true));
    return JniUtils.pow(c.in(0), exponent);
  }
}
