package dev.insitu.model.width;

import dev.insitu.model.GraphFacts;
import dev.insitu.model.Ops;
import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One node whose inputs are labelled; a rule joins and pins labels and labels the outputs. */
final class Step {

  /** Since this version there is a Where, by which computed shapes are corrected. */
  private static final int WHERE_SINCE = 9;

  private final int index;
  private final NodeProto node;
  private final int opset;
  private final GraphFacts facts;
  private final Labels labels;
  private final Factors factors;
  private final Map<String, Labelled> values;

  Step(
      int index,
      NodeProto node,
      int opset,
      GraphFacts facts,
      Labels labels,
      Factors factors,
      Map<String, Labelled> values) {
    this.index = index;
    this.node = node;
    this.opset = opset;
    this.facts = facts;
    this.labels = labels;
    this.factors = factors;
    this.values = values;
  }

  /** The node's place in running order. */
  int index() {
    return index;
  }

  NodeProto node() {
    return node;
  }

  int opset() {
    return opset;
  }

  Labels labels() {
    return labels;
  }

  Factors factors() {
    return factors;
  }

  int inputs() {
    return node.getInputCount();
  }

  boolean has(int input) {
    return input < node.getInputCount() && !node.getInput(input).isEmpty();
  }

  String input(int input) {
    return has(input) ? node.getInput(input) : "";
  }

  Labelled in(int input) {
    return values.getOrDefault(input(input), Labelled.UNKNOWN);
  }

  /** A dimension of an input; fixed if there is none. */
  Axis axis(int input, int axis) {
    Labelled value = in(input);
    return axis < 0 || axis >= value.rank() ? Axis.FIXED : value.axes().get(axis);
  }

  /** Dimensions of an input, -1 where unknown. */
  long[] dims(int input) {
    return dims(input(input));
  }

  /** Dimensions of an output, -1 where unknown. */
  long[] outDims(int output) {
    return dims(node.getOutput(output));
  }

  private long[] dims(String value) {
    long[] dims = facts.dims(value);
    return dims == null ? new long[0] : dims;
  }

  boolean isOpen(String value, int axis) {
    return facts.isOpen(value, axis);
  }

  long integer(String attribute, long otherwise) {
    return Ops.integer(node, attribute, otherwise);
  }

  /** An axis attribute as an index from the front. */
  int axis(String attribute, long otherwise, int rank) {
    long axis = integer(attribute, otherwise);
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** An attribute of that name or else the elements of that input; null unless all are known. */
  long @Nullable [] integers(String attribute, int input) {
    long[] list = Ops.integers(node, attribute);
    if (list != null || !has(input)) {
      return list;
    }
    double[] elements = facts.values(input(input));
    if (elements == null) {
      return null;
    }
    long[] known = new long[elements.length];
    for (int i = 0; i < known.length; i++) {
      if (Double.isNaN(elements[i])) {
        return null;
      }
      known[i] = (long) elements[i];
    }
    return known;
  }

  /** Whether single elements of an input can be replaced by others. */
  boolean canCorrect(int input) {
    return integers("", input) != null || opset >= WHERE_SINCE && dims(input).length == 1;
  }

  void pin(Axis axis) {
    labels.pin(axis);
  }

  void link(Axis left, Axis right) {
    labels.link(left, right);
  }

  /** All inputs stay as they are. */
  void pinInputs() {
    for (int i = 0; i < inputs(); i++) {
      in(i).axes().forEach(labels::pin);
    }
  }

  /** Says what a constant input does with the channels of one of its dimensions. */
  void role(int input, int axis, SlotRole role) {
    if (in(input).constant()) {
      labels.role(axis(input, axis), role);
    }
  }

  void first(List<Axis> axes) {
    set(0, axes);
  }

  /** The outputs stay as they are, unless a rule says otherwise. */
  void fixOutputs() {
    for (int i = 0; i < node.getOutputCount(); i++) {
      set(i, fixed(outDims(i).length));
    }
  }

  /** Dimensions that stay as they are, in a list that may be changed. */
  static List<Axis> fixed(int rank) {
    return new ArrayList<>(Collections.nCopies(rank, Axis.FIXED));
  }

  /**
   * Labels an output. What does not fit its known dimensions, depends on an open dimension or has a
   * single index is fixed.
   */
  void set(int output, List<Axis> axes) {
    if (output >= node.getOutputCount() || node.getOutput(output).isEmpty()) {
      return;
    }
    String name = node.getOutput(output);
    long[] dims = dims(name);
    List<Axis> fitting = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      Axis axis = axes.get(i);
      boolean fits = dims.length == axes.size() && dims[i] == axis.size() && dims[i] > 1;
      if (!fits || facts.isOpen(name, i) || !labels.use(axis)) {
        labels.pin(axis);
        axis = Axis.FIXED;
      }
      fitting.add(axis);
    }
    boolean constant = true;
    for (int i = 0; i < inputs(); i++) {
      constant &= !has(i) || in(i).constant();
    }
    values.put(name, new Labelled(fitting, constant));
  }
}
