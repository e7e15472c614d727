package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.train.Torch;
import dev.insitu.train.ops.Operators.Entry;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Pictures made larger or smaller, each dimension by a matrix whose rows say of which elements a
 * new one is made: the sum of at most two.
 */
final class Resizing {

  private static final int COORDINATES_SINCE = 11;
  private static final int NEAREST = 0;

  private Resizing() {}

  static void register(Map<String, Entry> into) {
    add(into, "Resize", 10, c -> resize(c, c.opset() < COORDINATES_SINCE ? 1 : 2));
    add(into, "Upsample", c -> resize(c, 1));
  }

  private static NDArray resize(OpCall c, int scalesInput) {
    int rank = c.rank(0);
    String mode = c.text("mode", "nearest");
    if (mode.equals("cubic") || c.integer("antialias", 0) != 0) {
      throw c.lacks("mode " + mode + (mode.equals("cubic") ? "" : " and antialias"));
    }
    if (!c.text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
      throw c.lacks("keep_aspect_ratio_policy");
    }
    long[] axes = c.longs("axes", LongStream.range(0, rank).toArray());
    ResizedAxis[] resized = new ResizedAxis[rank];
    boolean nearest = mode.equals("nearest");
    for (int i = 0; i < axes.length; i++) {
      int axis = c.axis(axes[i], rank);
      resized[axis] = axis(c, scalesInput, i, c.dims(0)[axis]);
    }
    PtNDArray fast = nearest ? repeated(c, resized) : null;
    return fast != null ? fast : byMatrices(c, resized, nearest);
  }

  private static ResizedAxis axis(OpCall c, int scalesInput, int number, long size) {
    boolean old = scalesInput == 1;
    String coordinates =
        old ? "asymmetric" : c.text("coordinate_transformation_mode", "half_pixel");
    String rounding = old ? "floor" : c.text("nearest_mode", "round_prefer_floor");
    if (c.has(3) && c.in(3).size() > 0) {
      long wanted = c.longs(3)[number];
      return new ResizedAxis(size, wanted, (float) wanted / size, coordinates, rounding);
    }
    float scale = scales(c, scalesInput)[number];
    return new ResizedAxis(size, (long) Math.floor(scale * size), scale, coordinates, rounding);
  }

  private static float[] scales(OpCall c, int input) {
    if (c.has(input)) {
      return c.in(input).toFloatArray();
    }
    var attribute = c.attribute("scales");
    if (attribute == null) {
      throw c.lacks("neither scales nor sizes");
    }
    float[] scales = new float[attribute.getFloatsCount()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = attribute.getFloats(i);
    }
    return scales;
  }

  /** PyTorch's own nearest neighbours, if they are those asked for; null otherwise. */
  private static @org.jspecify.annotations.Nullable PtNDArray repeated(
      OpCall c, ResizedAxis[] axes) {
    if (axes.length != 4 || isChanged(axes[0]) || isChanged(axes[1])) {
      return null;
    }
    long[] size = new long[2];
    for (int i = 0; i < 2; i++) {
      ResizedAxis axis = axes[i + 2];
      if (axis == null) {
        size[i] = c.dims(0)[i + 2];
      } else if (axis.isEvenlyRepeated()) {
        size[i] = axis.to();
      } else {
        return null;
      }
    }
    return JniUtils.interpolate(c.in(0), size, NEAREST, false);
  }

  private static boolean isChanged(@org.jspecify.annotations.Nullable ResizedAxis axis) {
    return axis != null && (axis.from() != axis.to() || axis.scale() != 1);
  }

  private static NDArray byMatrices(OpCall c, ResizedAxis[] axes, boolean nearest) {
    PtNDArray result = c.in(0);
    int last = axes.length - 1;
    for (int i = 0; i < axes.length; i++) {
      ResizedAxis axis = axes[i];
      if (axis == null || !isChanged(axis)) {
        continue;
      }
      float[] matrix = axis.matrix(nearest, c);
      PtNDArray turned =
          (PtNDArray) c.passing(Torch.floats(c.scope(), matrix, axis.from(), axis.to()));
      PtNDArray moved = i == last ? result : c.passing(JniUtils.transpose(result, i, last));
      PtNDArray product = c.passing(JniUtils.matmul(moved, turned));
      result = i == last ? product : c.passing(JniUtils.transpose(product, i, last));
    }
    return c.kept(result);
  }
}
