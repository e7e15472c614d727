package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.train.ops.Operators.Entry;
import java.util.Arrays;
import java.util.Map;

/** Convolutions over one, two or three dimensions, and transposed ones. */
final class Convolutions {

  private Convolutions() {}

  static void register(Map<String, Entry> into) {
    add(into, "Conv", Convolutions::conv);
    add(into, "ConvTranspose", Convolutions::transposed);
  }

  /**
   * Groups follow from the shapes and not from the attribute, so that a depthwise convolution
   * narrowed by a hook has fewer.
   */
  private static NDArray conv(OpCall c) {
    long[] weight = c.dims(1);
    Windows windows = Windows.of(c, Arrays.copyOfRange(weight, 2, weight.length));
    int groups = (int) (c.dims(0)[1] / weight[1]);
    PtNDArray x = c.in(0);
    long[] pads = windows.before();
    if (!windows.isSymmetric()) {
      x = c.passing(Windows.padded(x, windows.before(), windows.after(), 0));
      pads = new long[windows.count()];
    }
    return convolved(c, x, c.in(1), pads, windows.strides(), windows.dilations(), groups);
  }

  private static NDArray convolved(
      OpCall c,
      PtNDArray x,
      PtNDArray weight,
      long[] pads,
      long[] strides,
      long[] dilations,
      int groups) {
    Shape stride = new Shape(strides);
    Shape dilation = new Shape(dilations);
    return x.getNDArrayInternal()
        .convolution(x, weight, c.inOrNull(2), stride, new Shape(pads), dilation, groups)
        .singletonOrThrow();
  }

  /**
   * A convolution of the input with gaps of zeros, the kernels turned round: PyTorch's own one is
   * not in the bindings.
   */
  private static NDArray transposed(OpCall c) {
    long[] weight = c.dims(1);
    int count = weight.length - 2;
    long[] kernel = Arrays.copyOfRange(weight, 2, weight.length);
    long[] strides = c.longs("strides", Windows.ones(count));
    long[] dilations = c.longs("dilations", Windows.ones(count));
    int groups = (int) c.integer("group", 1);
    long[][] pads = transposedPads(c, kernel, strides, dilations);
    PtNDArray spread = c.in(0);
    for (int i = 0; i < count; i++) {
      spread = withGaps(c, spread, i + 2, strides[i]);
    }
    long[] before = new long[count];
    long[] after = new long[count];
    for (int i = 0; i < count; i++) {
      long reach = dilations[i] * (kernel[i] - 1);
      before[i] = reach - pads[0][i];
      after[i] = reach - pads[1][i];
    }
    PtNDArray x = c.passing(Windows.padded(spread, before, after, 0));
    PtNDArray turned = turnedKernels(c, weight, groups);
    return convolved(c, x, turned, new long[count], Windows.ones(count), dilations, groups);
  }

  /** What is cut off in front and behind; output padding counts against the latter. */
  private static long[][] transposedPads(
      OpCall c, long[] kernel, long[] strides, long[] dilations) {
    int count = kernel.length;
    long[] pads = c.longs("pads", new long[2 * count]);
    long[] more = c.longs("output_padding", new long[count]);
    long[] shape = c.longs("output_shape");
    String auto = c.text("auto_pad", "NOTSET");
    long[][] cut = new long[2][count];
    for (int i = 0; i < count; i++) {
      long size = c.dims(0)[i + 2];
      long full = strides[i] * (size - 1) + dilations[i] * (kernel[i] - 1) + 1;
      if (shape != null || auto.startsWith("SAME")) {
        long wanted = shape != null ? shape[shape.length - count + i] : size * strides[i];
        long total = Math.max(0, full + more[i] - wanted);
        cut[0][i] = auto.equals("SAME_UPPER") ? total / 2 : total - total / 2;
        cut[1][i] = full - wanted - cut[0][i];
      } else {
        cut[0][i] = pads[i];
        cut[1][i] = pads[count + i] - more[i];
      }
    }
    return cut;
  }

  private static PtNDArray withGaps(OpCall c, PtNDArray x, int axis, long stride) {
    if (stride == 1) {
      return x;
    }
    long[] dims = OpCall.dims(x);
    long[] split = new long[dims.length + 1];
    System.arraycopy(dims, 0, split, 0, axis + 1);
    split[axis + 1] = 1;
    System.arraycopy(dims, axis + 1, split, axis + 2, dims.length - axis - 1);
    PtNDArray apart = c.passing(JniUtils.reshape(x, split));
    long[] pads = new long[2 * (dims.length - axis)];
    pads[pads.length - 1] = stride - 1;
    PtNDArray filled = c.passing(JniUtils.pad(apart, pads, 0));
    long[] joined = dims.clone();
    joined[axis] = dims[axis] * stride;
    PtNDArray together = c.passing(JniUtils.reshape(filled, joined));
    long end = (dims[axis] - 1) * stride + 1;
    return c.passing(JniUtils.slice(together, axis, 0, end, 1));
  }

  /** {@code [in, out/groups, ...]} as {@code [out, in/groups, ...]}, each kernel back to front. */
  private static PtNDArray turnedKernels(OpCall c, long[] weight, int groups) {
    int rank = weight.length;
    long[] grouped = new long[rank + 1];
    grouped[0] = groups;
    grouped[1] = weight[0] / groups;
    System.arraycopy(weight, 1, grouped, 2, rank - 1);
    PtNDArray apart = c.passing(JniUtils.reshape(c.in(1), grouped));
    PtNDArray swapped = c.passing(JniUtils.transpose(apart, 1, 2));
    long[] together = weight.clone();
    together[0] = weight[1] * groups;
    together[1] = weight[0] / groups;
    PtNDArray kernels = c.passing(JniUtils.reshape(swapped, together));
    long[] axes = new long[rank - 2];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = 2L + i;
    }
    return c.passing(JniUtils.flip(kernels, axes));
  }
}
