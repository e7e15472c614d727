package dev.insitu.model.width;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Follows channels through Reshape and Flatten. */
final class ReshapeRule {

  /** Since this version the new shape is an input. */
  private static final int SHAPE_INPUT_SINCE = 5;

  private ReshapeRule() {}

  static void reshape(Step s) {
    if (s.opset() < SHAPE_INPUT_SINCE || !s.canCorrect(1)) {
      s.pinInputs();
      return;
    }
    flatten(s);
  }

  static void flatten(Step s) {
    long[] in = s.dims(0);
    long[] out = s.outDims(0);
    Optional<List<Segments.Segment>> segments = Segments.of(in, out);
    if (segments.isEmpty() || s.in(0).rank() != in.length) {
      s.pinInputs();
      return;
    }
    List<Axis> result = Step.fixed(out.length);
    IntPredicate inOpen = axis -> s.isOpen(s.input(0), axis);
    IntPredicate outOpen = axis -> s.isOpen(s.node().getOutput(0), axis);
    for (int i = 0; i < segments.get().size(); i++) {
      Segments.Segment segment = segments.get().get(i);
      if (Segments.isSure(segments.get(), i, in, out, inOpen, outOpen)) {
        follow(s, segment, i, result);
      } else {
        segment.in().forEach(axis -> s.pin(s.axis(0, axis)));
      }
    }
    s.first(result);
  }

  private static void follow(Step s, Segments.Segment segment, int number, List<Axis> result) {
    List<Integer> in = segment.in();
    List<Integer> out = segment.out();
    if (segment.isSame()) {
      result.set(out.getFirst(), s.axis(0, in.getFirst()));
    } else if (in.size() == 1) {
      split(s, number, s.axis(0, in.getFirst()), out, result);
    } else if (out.size() == 1) {
      result.set(out.getFirst(), merge(s, number, in));
    } else {
      in.forEach(axis -> s.pin(s.axis(0, axis)));
    }
  }

  private static void split(Step s, int number, Axis whole, List<Integer> out, List<Axis> result) {
    long[] dims = out.stream().mapToLong(axis -> s.outDims(0)[axis]).toArray();
    if (whole.isFixed()) {
      return;
    }
    if (s.factors().isAsking()) {
      List<Axis> parts = new ArrayList<>();
      for (int i = 0; i < dims.length; i++) {
        parts.add(s.labels().fresh(dims[i]));
        result.set(out.get(i), parts.get(i));
      }
      s.factors().ask(s.index(), number, parts);
      return;
    }
    int factor = s.factors().answer(s.index(), number);
    if (factor == Factors.NONE) {
      s.pin(whole);
      return;
    }
    int stride = stride(dims, factor);
    int[] first = coordinates(dims, factor);
    Arrays.setAll(first, i -> first[i] * stride);
    s.link(whole, whole.pick(first));
    int[] each = new int[(int) dims[factor]];
    Arrays.setAll(each, i -> i * stride);
    result.set(out.get(factor), whole.pick(each));
  }

  private static Axis merge(Step s, int number, List<Integer> in) {
    List<Axis> parts = in.stream().map(axis -> s.axis(0, axis)).toList();
    long[] dims = in.stream().mapToLong(axis -> s.dims(0)[axis]).toArray();
    long size = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    if (size > Labels.MAX_AXIS) {
      parts.forEach(s::pin);
      return Axis.FIXED;
    }
    if (s.factors().isAsking()) {
      s.factors().ask(s.index(), number, parts);
      return parts.stream().allMatch(Axis::isFixed) ? Axis.FIXED : s.labels().fresh(size);
    }
    int factor = s.factors().answer(s.index(), number);
    for (int i = 0; i < parts.size(); i++) {
      if (i != factor) {
        s.pin(parts.get(i));
      }
    }
    boolean none = factor == Factors.NONE || parts.get(factor).isFixed();
    return none ? Axis.FIXED : parts.get(factor).pick(coordinates(dims, factor));
  }

  /** For each index over all dimensions that along one of them. */
  private static int[] coordinates(long[] dims, int factor) {
    int stride = stride(dims, factor);
    int size = (int) Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    int[] coordinates = new int[size];
    Arrays.setAll(coordinates, i -> i / stride % (int) dims[factor]);
    return coordinates;
  }

  private static int stride(long[] dims, int factor) {
    return (int) Arrays.stream(dims, factor + 1, dims.length).reduce(1, (a, b) -> a * b);
  }
}
