package dev.insitu.model;

import dev.insitu.model.proto.TensorProto.DataType;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Matrix products and recurrent layers. */
final class MatrixRules {

  private MatrixRules() {}

  static void register(Map<String, Consumer<OpFacts>> rules) {
    rules.put("MatMul", o -> o.first(o.in(0).type(), product(o.in(0).dims(), o.in(1).dims())));
    rules.put(
        "MatMulInteger",
        o -> o.first(DataType.INT32_VALUE, product(o.in(0).dims(), o.in(1).dims())));
    rules.put(
        "QLinearMatMul", o -> o.first(o.in(7).type(), product(o.in(0).dims(), o.in(3).dims())));
    rules.put(
        "MatMulIntegerToFloat",
        o -> o.first(o.in(2).type(), product(o.in(0).dims(), o.in(1).dims())));
    rules.put(
        "DynamicQuantizeMatMul",
        o -> o.first(o.in(0).type(), product(o.in(0).dims(), o.in(1).dims())));
    rules.put("FusedMatMul", MatrixRules::fusedMatMul);
    rules.put("MatMulNBits", MatrixRules::matMulNBits);
    rules.put("Gemm", MatrixRules::gemm);
    rules.put("FusedGemm", MatrixRules::gemm);
    rules.put("Einsum", o -> o.first(o.in(0).type(), null));
    rules.put("LSTM", MatrixRules::recurrent);
    rules.put("GRU", MatrixRules::recurrent);
    rules.put("RNN", MatrixRules::recurrent);
  }

  /** The shape of a product as NumPy's matmul defines it. */
  static long @Nullable [] product(long @Nullable [] a, long @Nullable [] b) {
    if (a == null || b == null || a.length == 0 || b.length == 0) {
      return null;
    }
    long[] left = a.length == 1 ? new long[] {1, a[0]} : a;
    long[] right = b.length == 1 ? new long[] {b[0], 1} : b;
    long[] batch =
        ElementwiseRules.broadcast(
            Arrays.copyOf(left, left.length - 2), Arrays.copyOf(right, right.length - 2));
    if (batch == null) {
      return null;
    }
    long[] out = Arrays.copyOf(batch, batch.length + 2);
    out[batch.length] = left[left.length - 2];
    out[batch.length + 1] = right[right.length - 1];
    if (b.length == 1) {
      out = Arrays.copyOf(out, out.length - 1);
    }
    if (a.length == 1) {
      int row = b.length == 1 ? out.length - 1 : out.length - 2;
      out[row] = out[out.length - 1];
      out = Arrays.copyOf(out, out.length - 1);
    }
    return out;
  }

  private static void fusedMatMul(OpFacts o) {
    boolean batches = o.integer("transBatchA", 0) != 0 || o.integer("transBatchB", 0) != 0;
    long[] a = turned(o.in(0).dims(), o.integer("transA", 0) != 0);
    long[] b = turned(o.in(1).dims(), o.integer("transB", 0) != 0);
    o.first(o.in(0).type(), batches ? null : product(a, b));
  }

  /** The shape with its last two dimensions exchanged. */
  private static long @Nullable [] turned(long @Nullable [] dims, boolean turn) {
    if (dims == null || !turn || dims.length < 2) {
      return dims;
    }
    long[] turned = dims.clone();
    turned[dims.length - 1] = dims[dims.length - 2];
    turned[dims.length - 2] = dims[dims.length - 1];
    return turned;
  }

  private static void matMulNBits(OpFacts o) {
    long[] in = o.in(0).dims();
    if (in != null && in.length > 0) {
      in = in.clone();
      in[in.length - 1] = o.integer("N", -1);
    }
    o.first(o.in(0).type(), in);
  }

  private static void gemm(OpFacts o) {
    long rows = o.in(0).dim(o.integer("transA", 0) == 0 ? 0 : 1);
    long columns = o.in(1).dim(o.integer("transB", 0) == 0 ? 1 : 0);
    o.first(o.in(0).type(), new long[] {rows, columns});
  }

  private static void recurrent(OpFacts o) {
    int type = o.in(0).type();
    boolean batchFirst = o.integer("layout", 0) == 1;
    long steps = o.in(0).dim(batchFirst ? 1 : 0);
    long batch = o.in(0).dim(batchFirst ? 0 : 1);
    long directions = Ops.string(o.node(), "direction", "forward").equals("bidirectional") ? 2 : 1;
    long hidden = o.integer("hidden_size", o.in(2).dim(2));
    long[] all = {steps, directions, batch, hidden};
    long[] last = {directions, batch, hidden};
    if (batchFirst) {
      all = new long[] {batch, steps, directions, hidden};
      last = new long[] {batch, directions, hidden};
    }
    o.setAll(Fact.of(type, last));
    o.first(type, all);
  }
}
