package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.train.ops.Operators.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Parts of arrays, put together or padded. */
final class Slicing {

  private Slicing() {}

  static void register(Map<String, Entry> into) {
    add(into, "Concat", Slicing::concat);
    add(into, "Slice", Slicing::slice);
    add(into, "Pad", Slicing::pad);
    into.put("Split", new Entry(Operators.MIN_OPSET, Slicing::split));
  }

  private static NDArray concat(OpCall c) {
    int axis = c.axis("axis", 1, c.rank(0));
    PtNDArray[] parts = c.all().stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new);
    return parts.length == 1 ? parts[0] : JniUtils.cat(parts, axis);
  }

  private static NDArray slice(OpCall c) {
    long[] starts = c.longs("starts", 1);
    long[] ends = c.longs("ends", 2);
    long[] axes = c.longs("axes", 3);
    if (starts == null || ends == null) {
      throw c.lacks("no starts and ends");
    }
    long[] steps = c.has(4) ? c.longs(4) : Windows.ones(starts.length);
    PtNDArray result = c.in(0);
    for (int i = 0; i < starts.length; i++) {
      int axis = axes == null ? i : c.axis(axes[i], c.rank(0));
      if (i > 0) {
        c.passing(result);
      }
      result = along(c, result, axis, starts[i], ends[i], steps[i]);
    }
    return result;
  }

  /** A negative step goes through the reversed dimension. */
  private static PtNDArray along(OpCall c, PtNDArray x, int axis, long start, long end, long step) {
    long size = x.getShape().get(axis);
    if (step > 0) {
      long from = Math.clamp(start < 0 ? start + size : start, 0, size);
      long to = Math.clamp(end < 0 ? end + size : end, from, size);
      return JniUtils.slice(x, axis, from, to, step);
    }
    long from = Math.clamp(start < 0 ? start + size : start, -1, size - 1);
    long to = Math.clamp(end < 0 ? end + size : end, -1, from);
    PtNDArray reversed = c.passing(JniUtils.flip(x, new long[] {axis}));
    return JniUtils.slice(reversed, axis, size - 1 - from, size - 1 - to, -step);
  }

  private static List<NDArray> split(OpCall c) {
    int axis = c.axis("axis", 0, c.rank(0));
    long[] sizes = c.longs("split", 1);
    if (sizes == null) {
      int parts = c.node().getOutputCount();
      long size = c.dims(0)[axis];
      long each = (size + parts - 1) / parts;
      sizes = LongStream.range(0, parts).map(i -> Math.min(each, size - i * each)).toArray();
    }
    List<NDArray> parts = new ArrayList<>();
    long from = 0;
    for (long size : sizes) {
      parts.add(JniUtils.slice(c.in(0), axis, from, from + size, 1));
      from += size;
    }
    return parts;
  }

  /** Pads are an attribute before version 11, an input from then on; below 0 they cut off. */
  private static NDArray pad(OpCall c) {
    long[] given = c.longs("pads", 1);
    if (given == null) {
      throw c.lacks("no pads");
    }
    int rank = c.rank(0);
    long[] before = new long[rank];
    long[] after = new long[rank];
    long[] axes = c.has(3) ? c.longs(3) : LongStream.range(0, rank).toArray();
    for (int i = 0; i < axes.length; i++) {
      before[c.axis(axes[i], rank)] = given[i];
      after[c.axis(axes[i], rank)] = given[axes.length + i];
    }
    String mode = c.text("mode", "constant");
    if (!mode.equals("constant")) {
      return mirrored(c, before, after, mode);
    }
    double value = c.real("value", 0);
    if (c.has(2)) {
      boolean real = c.in(2).getDataType() == DataType.FLOAT32;
      value = real ? c.in(2).toFloatArray()[0] : c.longs(2)[0];
    }
    return Windows.padded(c.in(0), before, after, value);
  }

  private static NDArray mirrored(OpCall c, long[] before, long[] after, String mode) {
    NDArray result = c.in(0);
    for (int axis = 0; axis < before.length; axis++) {
      if (before[axis] == 0 && after[axis] == 0) {
        continue;
      }
      int size = (int) c.dims(0)[axis];
      long[] indices = new long[(int) (before[axis] + size + after[axis])];
      Arrays.setAll(indices, i -> 0);
      for (int i = 0; i < indices.length; i++) {
        indices[i] = source(i - before[axis], size, mode, c);
      }
      result = c.passing(Indexing.rows(c, (PtNDArray) result, axis, indices));
    }
    return c.kept(result);
  }

  private static long source(long at, int size, String mode, OpCall c) {
    return switch (mode) {
      case "edge" -> Math.clamp(at, 0, size - 1);
      case "wrap" -> Math.floorMod(at, size);
      case "reflect" -> {
        int period = Math.max(1, 2 * size - 2);
        long folded = Math.floorMod(at, period);
        yield folded < size ? folded : period - folded;
      }
      default -> throw c.lacks("mode " + mode);
    };
  }
}
