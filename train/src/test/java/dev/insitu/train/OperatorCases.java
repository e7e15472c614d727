package dev.insitu.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** Small graphs of one node: at least one for each operator that is trained. */
final class OperatorCases {

  /**
   * A graph at one version of the operator set.
   *
   * @param smooth whether a gradient can be checked by differences
   */
  record Case(String name, int opset, boolean smooth, OneNode node) {
    @Override
    public String toString() {
      return name + " @" + opset;
    }
  }

  /** The versions at which the forms of operators differ, and the newest. */
  private static final int[] OPSETS = {7, 9, 11, 13, 17, 18, 21, 23};

  private final List<Case> cases = new ArrayList<>();

  private OperatorCases() {
    MathCases.addTo(this);
    LayerCases.addTo(this);
    MovementCases.addTo(this);
  }

  static List<Case> all() {
    return new OperatorCases().cases;
  }

  /** By operator: the versions at which it has a case. */
  static Map<String, List<Integer>> opsets() {
    Map<String, List<Integer>> opsets = new TreeMap<>();
    for (Case one : all()) {
      List<Integer> list = opsets.computeIfAbsent(one.node().op(), k -> new ArrayList<>());
      if (!list.contains(one.opset())) {
        list.add(one.opset());
      }
    }
    return opsets;
  }

  void add(String name, int from, int to, boolean smooth, IntFunction<OneNode> node) {
    for (int opset : OPSETS) {
      if (opset >= from && opset <= to) {
        cases.add(new Case(name, opset, smooth, node.apply(opset)));
      }
    }
  }

  void smooth(String name, int from, IntFunction<OneNode> node) {
    add(name, from, 99, true, node);
  }

  void smooth(String name, IntFunction<OneNode> node) {
    add(name, 7, 99, true, node);
  }

  void rough(String name, int from, IntFunction<OneNode> node) {
    add(name, from, 99, false, node);
  }
}
