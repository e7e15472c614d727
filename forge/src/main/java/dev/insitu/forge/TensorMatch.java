package dev.insitu.forge;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.TensorSpec;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds for every tensor of a version the one it came from in an earlier version. */
final class TensorMatch {

  private TensorMatch() {}

  /**
   * What two tensors must have in common for one to be coded against the other.
   *
   * @param bytes of the values
   */
  private record Form(ElementType type, long bytes) {

    static Form of(TensorSpec tensor) {
      return new Form(tensor.type(), tensor.byteLength());
    }
  }

  /**
   * Matches by name, then what is left by order, always among tensors of the same type and size.
   *
   * @return for each of {@code mine} the number of its match among {@code others}, or -1
   */
  static List<Integer> of(List<TensorSpec> mine, List<TensorSpec> others) {
    int[] match = byName(mine, others);
    BitSet used = new BitSet();
    Arrays.stream(match).filter(other -> other >= 0).forEach(used::set);
    Map<Form, Deque<Integer>> left = new HashMap<>();
    for (int other = 0; other < others.size(); other++) {
      if (!used.get(other)) {
        left.computeIfAbsent(Form.of(others.get(other)), form -> new ArrayDeque<>()).add(other);
      }
    }
    for (int i = 0; i < match.length; i++) {
      Deque<Integer> candidates = left.get(Form.of(mine.get(i)));
      if (match[i] < 0 && candidates != null && !candidates.isEmpty()) {
        match[i] = candidates.removeFirst();
      }
    }
    return Arrays.stream(match).boxed().toList();
  }

  private static int[] byName(List<TensorSpec> mine, List<TensorSpec> others) {
    Map<String, Integer> numbers = new HashMap<>();
    for (int other = 0; other < others.size(); other++) {
      numbers.put(others.get(other).name(), other);
    }
    int[] match = new int[mine.size()];
    for (int i = 0; i < match.length; i++) {
      int other = numbers.getOrDefault(mine.get(i).name(), -1);
      boolean same = other >= 0 && Form.of(mine.get(i)).equals(Form.of(others.get(other)));
      match[i] = same ? other : -1;
    }
    return match;
  }
}
