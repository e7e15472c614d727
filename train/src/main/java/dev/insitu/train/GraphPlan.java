package dev.insitu.train;

import dev.insitu.model.proto.GraphProto;
import dev.insitu.model.proto.NodeProto;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The nodes to run for some values, each after those it reads from, and what may be released after
 * each.
 *
 * @param steps in the order to run
 * @param leaves the given values and initializers that they read or that are wanted
 */
record GraphPlan(List<Step> steps, Set<String> leaves) {

  /**
   * A node to run.
   *
   * @param node the node
   * @param done values that nothing later reads and that are not wanted
   */
  record Step(NodeProto node, List<String> done) {}

  /** Finds the nodes between what is given and what is wanted. */
  static final class Maker {

    private final GraphProto graph;
    private final Map<String, Integer> producers = new HashMap<>();
    private final Set<String> initializers = new HashSet<>();

    Maker(GraphProto graph) {
      this.graph = graph;
      for (int i = 0; i < graph.getNodeCount(); i++) {
        for (String output : graph.getNode(i).getOutputList()) {
          if (!output.isEmpty()) {
            producers.put(output, i);
          }
        }
      }
      graph.getInitializerList().forEach(tensor -> initializers.add(tensor.getName()));
    }

    GraphPlan plan(Set<String> given, Collection<String> wanted) {
      Set<String> leaves = new HashSet<>();
      List<NodeProto> order = order(given, wanted, leaves);
      Map<String, Integer> lastReads = new HashMap<>();
      for (int i = 0; i < order.size(); i++) {
        for (String output : order.get(i).getOutputList()) {
          lastReads.put(output, i);
        }
        for (String input : order.get(i).getInputList()) {
          lastReads.put(input, i);
        }
      }
      Map<Integer, List<String>> done = new HashMap<>();
      lastReads.forEach((name, at) -> {
        if (!name.isEmpty() && !leaves.contains(name) && !wanted.contains(name)) {
          done.computeIfAbsent(at, k -> new ArrayList<>()).add(name);
        }
      });
      List<Step> steps = new ArrayList<>();
      for (int i = 0; i < order.size(); i++) {
        steps.add(new Step(order.get(i), done.getOrDefault(i, List.of())));
      }
      return new GraphPlan(steps, leaves);
    }

    private List<NodeProto> order(
        Set<String> given, Collection<String> wanted, Set<String> leaves) {
      List<NodeProto> order = new ArrayList<>();
      Set<Integer> placed = new HashSet<>();
      Set<Integer> open = new HashSet<>();
      Deque<String> names = new ArrayDeque<>(wanted);
      while (!names.isEmpty()) {
        String name = names.peek();
        Integer producer = producers.get(name);
        if (name.isEmpty() || given.contains(name) || producer == null) {
          names.pop();
          leaf(name, given, leaves);
        } else if (placed.contains(producer)) {
          names.pop();
        } else if (open.add(producer)) {
          graph.getNode(producer).getInputList().forEach(names::push);
        } else {
          names.pop();
          placed.add(producer);
          order.add(graph.getNode(producer));
        }
      }
      return order;
    }

    private void leaf(String name, Set<String> given, Set<String> leaves) {
      if (name.isEmpty()) {
        return;
      }
      if (!given.contains(name) && !initializers.contains(name)) {
        throw new TrainException(
            "Value '"
                + name
                + "' is needed and was not given; given are "
                + given
                + ".\nMaybe it is an input of the model.");
      }
      leaves.add(name);
    }
  }
}
