package dev.insitu.model;

import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the places between two running nodes that only a few computed tensors cross. */
final class CutFinder {

  private CutFinder() {}

  /**
   * All cuts, by position.
   *
   * @param maxValues most tensors that may cross
   */
  static List<Cut> find(OnnxModel model, int maxValues) {
    List<Integer> running = model.order().running();
    Map<String, Integer> lastReads = lastReads(model, running);
    Set<String> casts = aroundCasts(model, running);
    Set<String> live = new LinkedHashSet<>();
    List<Cut> cuts = new ArrayList<>();
    for (int i = 0; i < running.size() - 1; i++) {
      int node = running.get(i);
      for (String output : model.index().node(node).getOutputList()) {
        if (lastReads.getOrDefault(output, -1) > i) {
          live.add(output);
        }
      }
      for (String read : model.index().reads(node)) {
        if (lastReads.getOrDefault(read, -1) == i) {
          live.remove(read);
        }
      }
      if (live.size() <= maxValues
          && live.stream().allMatch(name -> canCross(model, name, casts))) {
        cuts.add(new Cut(i + 1, List.copyOf(live)));
      }
    }
    return cuts;
  }

  private static Map<String, Integer> lastReads(OnnxModel model, List<Integer> running) {
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < running.size(); i++) {
      for (String name : model.index().reads(running.get(i))) {
        last.put(name, i);
      }
    }
    return last;
  }

  /**
   * Only a tensor whose element type is known can be an input of a graph. A half-precision value
   * next to a Cast stays inside, because a runtime may leave both out (see {@link Widening}).
   */
  private static boolean canCross(OnnxModel model, String name, Set<String> casts) {
    boolean known = model.facts().getOrDefault(name, Fact.UNKNOWN).type() != 0;
    return known && !(Widening.isWidened(model, name) && casts.contains(name));
  }

  private static Set<String> aroundCasts(OnnxModel model, List<Integer> running) {
    Set<String> values = new HashSet<>();
    for (int node : running) {
      NodeProto proto = model.index().node(node);
      if (proto.getOpType().equals("Cast") || proto.getOpType().equals("CastLike")) {
        values.addAll(proto.getInputList());
        values.addAll(proto.getOutputList());
      }
    }
    return values;
  }
}
