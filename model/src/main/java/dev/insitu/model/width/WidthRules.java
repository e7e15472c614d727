package dev.insitu.model.width;

import dev.insitu.model.Ops;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The operators through which channels are followed. All others keep what they touch. */
public final class WidthRules {

  private static final Map<String, Consumer<Step>> RULES = new HashMap<>();

  static {
    ElementRules.register(RULES);
    LayerRules.register(RULES);
    MoveRules.register(RULES);
  }

  private WidthRules() {}

  /** Names of the operators that have a rule, in alphabetical order. */
  public static Set<String> operators() {
    return new TreeSet<>(RULES.keySet());
  }

  /** Labels a node's outputs; false if its operator has no rule or it breaks the operator's own. */
  static boolean apply(Step step) {
    Consumer<Step> rule = RULES.get(step.node().getOpType());
    if (rule == null || !Ops.isKnown(step.node()) || Ops.hasGraphs(step.node())) {
      return false;
    }
    try {
      rule.accept(step);
      return true;
    } catch (RuntimeException e) {
      // A node that breaks its operator's rules: the runtime will say so, here all of it stays.
      return false;
    }
  }
}
