package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.train.ops.Operators.Entry;
import java.util.Map;

/** Products of matrices. */
final class Matrices {

  private Matrices() {}

  static void register(Map<String, Entry> into) {
    add(into, "MatMul", c -> JniUtils.matmul(c.in(0), c.in(1)));
    add(into, "Gemm", Matrices::gemm);
  }

  private static NDArray gemm(OpCall c) {
    float alpha = c.real("alpha", 1);
    float beta = c.real("beta", 1);
    PtNDArray left = c.integer("transA", 0) == 0 ? c.in(0) : turned(c, 0);
    boolean plain = alpha == 1 && beta == 1 && c.has(2) && c.rank(2) == 1;
    if (plain && c.integer("transB", 0) != 0 && c.dims(2)[0] == c.dims(1)[0]) {
      return JniUtils.linear(left, c.in(1), c.in(2));
    }
    PtNDArray right = c.integer("transB", 0) == 0 ? c.in(1) : turned(c, 1);
    NDArray product = JniUtils.matmul(left, right);
    if (alpha != 1) {
      product = c.passing(product).mul(c.scalar(alpha));
    }
    if (!c.has(2) || beta == 0) {
      return product;
    }
    NDArray added = beta == 1 ? c.in(2) : c.passing(c.in(2).mul(c.scalar(beta)));
    return c.passing(product).add(added);
  }

  private static PtNDArray turned(OpCall c, int input) {
    return c.passing(JniUtils.transpose(c.in(input), 0, 1));
  }
}
