package dev.insitu.model.width;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Which dimensions before a reshape become which dimensions after it. */
final class Segments {

  /**
   * Dimensions before and after with the same number of elements; none of them is 1.
   *
   * @param in the dimensions before, ascending
   * @param out the dimensions after, ascending
   */
  record Segment(List<Integer> in, List<Integer> out) {

    Segment {
      in = List.copyOf(in);
      out = List.copyOf(out);
    }

    boolean isSame() {
      return in.size() == 1 && out.size() == 1;
    }

    boolean touches(IntPredicate inOpen, IntPredicate outOpen) {
      return in.stream().anyMatch(inOpen::test) || out.stream().anyMatch(outOpen::test);
    }
  }

  private Segments() {}

  /** The finest division; empty if the sizes do not match or are not known. */
  static Optional<List<Segment>> of(long[] in, long[] out) {
    boolean known =
        Arrays.stream(in).allMatch(d -> d > 0) && Arrays.stream(out).allMatch(d -> d > 0);
    if (!known) {
      return Optional.empty();
    }
    List<Integer> left = bigger(in);
    List<Integer> right = bigger(out);
    List<Segment> segments = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < left.size() && j < right.size()) {
      int fromI = i;
      int fromJ = j;
      long a = in[left.get(i++)];
      long b = out[right.get(j++)];
      while (a != b) {
        if (a < b ? i == left.size() : j == right.size()) {
          return Optional.empty();
        }
        if (a < b) {
          a = Math.multiplyExact(a, in[left.get(i++)]);
        } else {
          b = Math.multiplyExact(b, out[right.get(j++)]);
        }
      }
      segments.add(new Segment(left.subList(fromI, i), right.subList(fromJ, j)));
    }
    return i == left.size() && j == right.size() ? Optional.of(segments) : Optional.empty();
  }

  private static List<Integer> bigger(long[] dims) {
    List<Integer> bigger = new ArrayList<>();
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] > 1) {
        bigger.add(i);
      }
    }
    return bigger;
  }

  /**
   * Whether a segment is the same for all sizes of open dimensions: it has none itself, and all
   * dimensions before it, or all behind it, are matched one to one where they are open.
   */
  static boolean isSure(
      List<Segment> segments,
      int which,
      long[] in,
      long[] out,
      IntPredicate inOpen,
      IntPredicate outOpen) {
    Segment segment = segments.get(which);
    if (segment.touches(inOpen, outOpen)) {
      return false;
    }
    boolean before =
        matched(segments.subList(0, which), inOpen, outOpen)
            && count(0, segment.in().getFirst(), inOpen)
                == count(0, segment.out().getFirst(), outOpen);
    boolean behind =
        matched(segments.subList(which + 1, segments.size()), inOpen, outOpen)
            && count(segment.in().getLast(), in.length, inOpen)
                == count(segment.out().getLast(), out.length, outOpen);
    return before || behind;
  }

  private static boolean matched(List<Segment> some, IntPredicate inOpen, IntPredicate outOpen) {
    return some.stream()
        .allMatch(s ->
            !s.touches(inOpen, outOpen)
                || s.isSame()
                    && inOpen.test(s.in().getFirst())
                    && outOpen.test(s.out().getFirst()));
  }

  private static int count(int from, int to, IntPredicate open) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += open.test(i) ? 1 : 0;
    }
    return count;
  }
}
