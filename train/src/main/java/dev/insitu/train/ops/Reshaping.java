package dev.insitu.train.ops;

import static dev.insitu.train.ops.Operators.add;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.insitu.train.ops.Operators.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The same elements in another shape or order, and copies of them. */
final class Reshaping {

  private Reshaping() {}

  static void register(Map<String, Entry> into) {
    add(into, "Reshape", Reshaping::reshape);
    add(into, "Flatten", Reshaping::flatten);
    add(into, "Squeeze", Reshaping::squeeze);
    add(into, "Unsqueeze", Reshaping::unsqueeze);
    add(into, "Transpose", Reshaping::transpose);
    add(into, "Expand", 8, Reshaping::expand);
    add(into, "Tile", c -> JniUtils.tile(c.in(0), c.longs(1)));
    add(into, "DepthToSpace", c -> blocks(c, true));
    add(into, "SpaceToDepth", c -> blocks(c, false));
  }

  private static NDArray reshape(OpCall c) {
    long[] shape = c.longs(1).clone();
    boolean zeroIsZero = c.integer("allowzero", 0) != 0;
    for (int i = 0; i < shape.length && !zeroIsZero; i++) {
      shape[i] = shape[i] == 0 ? c.dims(0)[i] : shape[i];
    }
    return JniUtils.reshape(c.in(0), shape);
  }

  private static NDArray flatten(OpCall c) {
    int axis = c.axis("axis", 1, c.rank(0));
    long rows = Arrays.stream(c.dims(0), 0, axis).reduce(1, Math::multiplyExact);
    long columns = Arrays.stream(c.dims(0), axis, c.rank(0)).reduce(1, Math::multiplyExact);
    return JniUtils.reshape(c.in(0), new long[] {rows, columns});
  }

  private static NDArray squeeze(OpCall c) {
    long[] axes = c.longs("axes", 1);
    long[] dims = c.dims(0);
    List<Integer> gone = new ArrayList<>();
    for (int i = 0; axes != null && i < axes.length; i++) {
      gone.add(c.axis(axes[i], dims.length));
    }
    long[] left =
        IntStream.range(0, dims.length)
            .filter(i -> axes == null ? dims[i] != 1 : !gone.contains(i))
            .mapToLong(i -> dims[i])
            .toArray();
    return JniUtils.reshape(c.in(0), left);
  }

  private static NDArray unsqueeze(OpCall c) {
    long[] axes = c.longs("axes", 1);
    if (axes == null) {
      throw c.lacks("no axes");
    }
    int rank = c.rank(0) + axes.length;
    List<Integer> fresh = LongStream.of(axes).mapToObj(axis -> c.axis(axis, rank)).toList();
    long[] shape = new long[rank];
    int next = 0;
    for (int i = 0; i < rank; i++) {
      shape[i] = fresh.contains(i) ? 1 : c.dims(0)[next++];
    }
    return JniUtils.reshape(c.in(0), shape);
  }

  private static NDArray transpose(OpCall c) {
    int rank = c.rank(0);
    long[] turned = LongStream.range(0, rank).map(i -> rank - 1 - i).toArray();
    return JniUtils.permute(c.in(0), c.longs("perm", turned));
  }

  /** Both shapes may have dimensions of 1 where the other has more. */
  private static NDArray expand(OpCall c) {
    long[] dims = c.dims(0);
    long[] wanted = c.longs(1);
    long[] shape = new long[Math.max(dims.length, wanted.length)];
    for (int i = 1; i <= shape.length; i++) {
      long own = i <= dims.length ? dims[dims.length - i] : 1;
      long other = i <= wanted.length ? wanted[wanted.length - i] : 1;
      shape[shape.length - i] = own == 1 ? other : own;
    }
    return JniUtils.broadcast(c.in(0), new Shape(shape));
  }

  private static NDArray blocks(OpCall c, boolean toSpace) {
    long size = c.integer("blocksize", 1);
    long[] d = c.dims(0);
    boolean rowFirst = c.text("mode", "DCR").equals("DCR");
    if (!toSpace) {
      long[] split = {d[0], d[1], d[2] / size, size, d[3] / size, size};
      return shuffled(
          c,
          split,
          new long[] {0, 3, 5, 1, 2, 4},
          d[0],
          d[1] * size * size,
          d[2] / size,
          d[3] / size);
    }
    long depth = d[1] / (size * size);
    long[] split =
        rowFirst
            ? new long[] {d[0], size, size, depth, d[2], d[3]}
            : new long[] {d[0], depth, size, size, d[2], d[3]};
    long[] order = rowFirst ? new long[] {0, 3, 4, 1, 5, 2} : new long[] {0, 1, 4, 2, 5, 3};
    return shuffled(c, split, order, d[0], depth, d[2] * size, d[3] * size);
  }

  private static NDArray shuffled(OpCall c, long[] split, long[] order, long... shape) {
    PtNDArray apart = c.passing(JniUtils.reshape(c.in(0), split));
    return JniUtils.reshape(c.passing(JniUtils.permute(apart, order)), shape);
  }
}
