package dev.insitu.model.width;

import dev.insitu.model.Ops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Operators that rearrange, join, cut, pad or repeat elements. */
final class MoveRules {

  /** Since this version pads may name their dimensions. */
  private static final int PAD_AXES_INPUT = 3;

  private static final int RESIZE_SIZES = 3;

  /** Since this version the first input's shape can be corrected by a Where. */
  private static final int WHERE_SINCE = 9;

  private MoveRules() {}

  static void register(Map<String, Consumer<Step>> rules) {
    rules.put("Reshape", ReshapeRule::reshape);
    rules.put("Flatten", ReshapeRule::flatten);
    rules.put("Transpose", MoveRules::transpose);
    rules.put("Squeeze", MoveRules::squeeze);
    rules.put("Unsqueeze", MoveRules::squeeze);
    rules.put("Concat", MoveRules::concat);
    rules.put("Split", MoveRules::split);
    rules.put("Slice", SliceWidth::apply);
    rules.put("Pad", MoveRules::pad);
    rules.put("Expand", MoveRules::expand);
    rules.put("Tile", s -> unchanged(s, s.integers("", 1) != null));
    rules.put("Resize", MoveRules::resize);
    rules.put("Upsample", s -> unchanged(s, true));
    rules.put("Gather", MoveRules::gather);
    rules.put("Shape", MoveRules::shape);
    rules.put("ConstantOfShape", MoveRules::constantOfShape);
  }

  private static void transpose(Step s) {
    List<Axis> in = s.in(0).axes();
    long[] order = Ops.integers(s.node(), "perm");
    List<Axis> result = new ArrayList<>();
    for (int i = 0; i < in.size(); i++) {
      result.add(in.get(order == null ? in.size() - 1 - i : (int) order[i]));
    }
    s.first(result);
  }

  /** Dimensions of size 1 come and go; the others keep their order. */
  private static void squeeze(Step s) {
    long[] in = s.dims(0);
    long[] out = s.outDims(0);
    if (Arrays.stream(in).anyMatch(dim -> dim < 0) || in.length != s.in(0).rank()) {
      s.pinInputs();
      return;
    }
    List<Axis> result = Step.fixed(out.length);
    int at = 0;
    for (int i = 0; i < in.length; i++) {
      while (in[i] != 1 && at < out.length && out[at] == 1) {
        at++;
      }
      if (in[i] != 1 && at < out.length) {
        result.set(at++, s.axis(0, i));
      }
    }
    s.first(result);
  }

  private static void concat(Step s) {
    int rank = s.outDims(0).length;
    int axis = s.axis("axis", 1, rank);
    for (int i = 0; i < s.inputs(); i++) {
      if (s.in(i).rank() != rank || s.dims(i).length != rank || axis < 0 || axis >= rank) {
        s.pinInputs();
        return;
      }
    }
    List<Axis> result = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int at = i;
      List<Axis> all = new ArrayList<>();
      for (int input = 0; input < s.inputs(); input++) {
        all.add(s.axis(input, at));
      }
      result.add(i == axis ? oneAfterTheOther(s, all, axis) : ElementRules.joined(s, all));
    }
    s.first(result);
  }

  /** Fixed parts get labels that are pinned, so that the others can be narrowed beside them. */
  private static Axis oneAfterTheOther(Step s, List<Axis> parts, int axis) {
    long size = s.outDims(0)[axis];
    if (size > Labels.MAX_AXIS || size < 2 || parts.stream().allMatch(Axis::isFixed)) {
      parts.forEach(s::pin);
      return Axis.FIXED;
    }
    int[] labels = new int[(int) size];
    int at = 0;
    for (int i = 0; i < parts.size(); i++) {
      long part = s.dims(i)[axis];
      // A single index has no label; two give one that can be used for it.
      Axis from = parts.get(i).isFixed() ? s.labels().fresh(Math.max(2, part)) : parts.get(i);
      if (part < 0 || at + part > size || from.size() < part) {
        parts.forEach(s::pin);
        return Axis.FIXED;
      }
      if (parts.get(i).isFixed()) {
        s.pin(from);
      }
      for (int j = 0; j < part; j++) {
        labels[at++] = from.label(j);
      }
    }
    return at == size ? Axis.of(labels) : Axis.FIXED;
  }

  private static void split(Step s) {
    int rank = s.in(0).rank();
    int axis = s.axis("axis", 0, rank);
    boolean known = !s.has(1) || s.integers("", 1) != null;
    if (axis < 0 || axis >= rank) {
      s.pinInputs();
      return;
    }
    Axis whole = s.axis(0, axis);
    if (!known || !covers(s, whole, axis)) {
      s.pin(whole);
      whole = Axis.FIXED;
    }
    int from = 0;
    for (int i = 0; i < s.node().getOutputCount(); i++) {
      List<Axis> result = new ArrayList<>(s.in(0).axes());
      result.set(axis, Axis.FIXED);
      if (!whole.isFixed()) {
        int to = from + (int) s.outDims(i)[axis];
        result.set(axis, whole.range(from, to));
        from = to;
      }
      s.set(i, result);
    }
  }

  /** Whether the outputs' sizes are known and make up the whole. */
  private static boolean covers(Step s, Axis whole, int axis) {
    long sum = 0;
    for (int i = 0; i < s.node().getOutputCount(); i++) {
      long[] dims = s.outDims(i);
      if (axis >= dims.length || dims[axis] < 1 || s.node().getOutput(i).isEmpty()) {
        return false;
      }
      sum += dims[axis];
    }
    return sum == whole.size();
  }

  private static void pad(Step s) {
    List<Axis> result = new ArrayList<>(s.in(0).axes());
    long[] pads = s.integers("pads", 1);
    if (pads == null || pads.length != 2 * result.size() || s.has(PAD_AXES_INPUT)) {
      s.pinInputs();
      return;
    }
    boolean constant = Ops.string(s.node(), "mode", "constant").equals("constant");
    for (int i = 0; i < result.size(); i++) {
      long before = pads[i];
      long after = pads[result.size() + i];
      if (before != 0 || after != 0) {
        result.set(i, padded(s, result.get(i), constant ? before : -1, after));
      }
    }
    s.first(result);
  }

  /** New channels before and after; they hold the padding's value wherever they end up. */
  private static Axis padded(Step s, Axis axis, long before, long after) {
    boolean possible = before >= 0 && after >= 0 && before + after < Labels.MAX_AXIS;
    if (axis.isFixed() || !possible) {
      s.pin(axis);
      return Axis.FIXED;
    }
    // One index more, because a single one would get no label.
    Axis added = s.labels().fresh(before + after + 1);
    if (added.isFixed()) {
      s.pin(axis);
      return Axis.FIXED;
    }
    int[] labels = new int[axis.size() + (int) (before + after)];
    for (int i = 0; i < labels.length; i++) {
      int inside = i - (int) before;
      if (inside < 0) {
        labels[i] = added.label(i);
      } else {
        boolean own = inside < axis.size();
        labels[i] = own ? axis.label(inside) : added.label(i - axis.size());
      }
    }
    return Axis.of(labels);
  }

  private static void expand(Step s) {
    if (!s.canCorrect(1)) {
      s.pinInputs();
      return;
    }
    long[] out = s.outDims(0);
    long[] in = s.dims(0);
    List<Axis> result = Step.fixed(out.length);
    for (int i = 0; i < in.length; i++) {
      int at = out.length - in.length + i;
      if (at >= 0 && in[i] == out[at]) {
        result.set(at, s.axis(0, i));
      } else {
        s.pin(s.axis(0, i));
      }
    }
    s.first(result);
  }

  /** Dimensions that keep their size are handed on. */
  private static void unchanged(Step s, boolean known) {
    long[] in = s.dims(0);
    long[] out = s.outDims(0);
    if (!known || in.length != out.length || s.in(0).rank() != in.length) {
      s.pinInputs();
      return;
    }
    List<Axis> result = Step.fixed(out.length);
    for (int i = 0; i < out.length; i++) {
      if (in[i] == out[i]) {
        result.set(i, s.axis(0, i));
      } else {
        s.pin(s.axis(0, i));
      }
    }
    s.first(result);
  }

  private static void resize(Step s) {
    boolean crops =
        Ops.string(s.node(), "coordinate_transformation_mode", "half_pixel")
            .equals("tf_crop_and_resize");
    boolean sizes = s.has(RESIZE_SIZES);
    boolean axes = Ops.attribute(s.node(), "axes") != null;
    unchanged(s, !crops && (!sizes || !axes && s.canCorrect(RESIZE_SIZES)));
  }

  /** Looking rows up in a table says nothing about which of its columns matter: they stay. */
  private static void gather(Step s) {
    int rank = s.in(0).rank();
    int axis = s.axis("axis", 0, rank);
    s.in(1).axes().forEach(s::pin);
    if (s.in(0).constant() || axis < 0 || axis >= rank || s.dims(1).length != s.in(1).rank()) {
      s.pinInputs();
      return;
    }
    s.pin(s.axis(0, axis));
    List<Axis> result = new ArrayList<>(s.in(0).axes().subList(0, axis));
    result.addAll(Step.fixed(s.in(1).rank()));
    result.addAll(s.in(0).axes().subList(axis + 1, rank));
    s.first(result);
  }

  /** What is computed from shapes sees the original ones, which a Where puts in. */
  private static void shape(Step s) {
    boolean known = true;
    for (int i = 0; i < s.in(0).rank(); i++) {
      known &= !s.isOpen(s.input(0), i);
    }
    if (!known && s.opset() < WHERE_SINCE) {
      s.pinInputs();
    }
  }

  private static void constantOfShape(Step s) {
    List<Axis> result = new ArrayList<>();
    long[] dims = s.outDims(0);
    for (int i = 0; i < dims.length; i++) {
      boolean open = s.isOpen(s.node().getOutput(0), i) || !s.canCorrect(0);
      result.add(open ? Axis.FIXED : s.labels().fresh(dims[i]));
    }
    s.first(result);
  }
}
