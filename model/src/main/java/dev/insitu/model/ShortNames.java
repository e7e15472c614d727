package dev.insitu.model;

import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * New names for values that nobody outside the graphs knows, as short as possible. Inputs, outputs,
 * what crosses a cut and initializers keep theirs. Two initializers of one weight become one.
 */
final class ShortNames {

  private final Map<String, String> names = new HashMap<>();
  private final Set<String> kept;
  private final Set<String> taken;
  private int next;

  /**
   * Names for a model.
   *
   * @param keep more names that are to stay
   */
  ShortNames(OnnxModel model, SegmentPlan plan, Set<String> keep) {
    kept = kept(model, plan);
    kept.addAll(keep);
    taken = new HashSet<>(kept);
    kept.removeIf(name -> Widening.isWidened(model, name));
    join(model);
    for (int node : model.order().topological()) {
      shorten(model.index().node(node));
    }
    model.constants().stream().sorted().forEach(this::shorten);
  }

  /** The name in the graphs; empty stays empty. */
  String of(String name) {
    return names.getOrDefault(name, name);
  }

  private static Set<String> kept(OnnxModel model, SegmentPlan plan) {
    Set<String> kept = new HashSet<>(model.index().inputs());
    kept.addAll(model.index().outputs());
    kept.addAll(model.index().sparseInitializers().keySet());
    for (Segment segment : plan.segments()) {
      kept.addAll(segment.inputs());
      kept.addAll(segment.outputs());
    }
    for (String name : model.index().initializers().keySet()) {
      if (!model.constants().contains(name) || model.weightNumber(name) >= 0) {
        kept.add(name);
      }
    }
    return kept;
  }

  private void join(OnnxModel model) {
    model
        .index()
        .initializers()
        .forEach((name, tensor) -> {
          int number = StoredTensors.number(tensor);
          if (number >= 0 && !model.index().outputs().contains(name)) {
            Weight weight = model.weights().get(number);
            boolean same = java.util.Arrays.equals(weight.dims(), Dims.of(tensor.getDimsList()));
            if (same) {
              names.put(name, weight.name());
            }
          }
        });
  }

  private void shorten(NodeProto node) {
    node.getOutputList().forEach(this::shorten);
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        shorten(attribute.getG());
      }
      attribute.getGraphsList().forEach(this::shorten);
    }
  }

  private void shorten(GraphProto graph) {
    graph.getInputList().forEach(input -> shorten(input.getName()));
    graph.getInitializerList().forEach(tensor -> shorten(tensor.getName()));
    graph.getSparseInitializerList().forEach(sparse -> shorten(sparse.getValues().getName()));
    graph.getNodeList().forEach(this::shorten);
  }

  private void shorten(String name) {
    if (name.isEmpty() || kept.contains(name) || names.containsKey(name)) {
      return;
    }
    String shorter;
    do {
      shorter = Integer.toString(next++, Character.MAX_RADIX);
    } while (taken.contains(shorter));
    names.put(name, shorter);
  }
}
