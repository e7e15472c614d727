package dev.insitu.model;

import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Finds the places between two running nodes that only a few computed tensors cross. */
final class CutFinder {

  private CutFinder() {}

  /**
   * All cuts, by position; those at which a half-precision value would be rounded once more than in
   * the whole model only if there are no others.
   *
   * @param maxValues most tensors that may cross
   */
  static List<Cut> find(OnnxModel model, int maxValues) {
    List<Integer> running = model.order().running();
    Map<String, Integer> lastCasts = lastReads(model, running, CutFinder::isCast);
    List<Cut> cuts = new ArrayList<>();
    List<Cut> exact = new ArrayList<>();
    for (Cut cut : all(model)) {
      if (cut.values().size() > maxValues
          || !cut.values().stream().allMatch(name -> isTensor(model, name))) {
        continue;
      }
      cuts.add(cut);
      int position = cut.position() - 1;
      if (cut.values().stream().noneMatch(name -> rounds(model, name, lastCasts, position))) {
        exact.add(cut);
      }
    }
    return exact.isEmpty() ? cuts : exact;
  }

  /** What crosses between all running nodes, by position. */
  static List<Cut> all(OnnxModel model) {
    List<Integer> running = model.order().running();
    Map<String, Integer> lastReads = lastReads(model, running, node -> true);
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
      cuts.add(new Cut(i + 1, List.copyOf(live)));
    }
    return cuts;
  }

  /** By value: the position of the last node among some that reads it. */
  private static Map<String, Integer> lastReads(
      OnnxModel model, List<Integer> running, Predicate<NodeProto> some) {
    Map<String, Integer> last = new HashMap<>();
    for (int i = 0; i < running.size(); i++) {
      if (some.test(model.index().node(running.get(i)))) {
        for (String name : model.index().reads(running.get(i))) {
          last.put(name, i);
        }
      }
    }
    return last;
  }

  /** A half-precision value next to a Cast: in the whole model a runtime may leave both out. */
  private static boolean rounds(
      OnnxModel model, String name, Map<String, Integer> lastCasts, int position) {
    return Widening.isWidened(model, name)
        && (lastCasts.getOrDefault(name, -1) > position
            || isCast(model.index().node(model.index().producer(name))));
  }

  private static boolean isCast(NodeProto node) {
    return node.getOpType().startsWith("Cast") || Ops.hasGraphs(node);
  }

  /** Only a tensor whose element type is known can be an input of a graph. */
  private static boolean isTensor(OnnxModel model, String name) {
    return model.facts().getOrDefault(name, Fact.UNKNOWN).type() != 0;
  }
}
