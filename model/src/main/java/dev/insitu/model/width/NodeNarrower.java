package dev.insitu.model.width;

import com.google.protobuf.ByteString;
import dev.insitu.model.GraphFacts;
import dev.insitu.model.Ops;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.AttributeProto.AttributeType;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Corrects nodes that say sizes themselves: groups of convolutions, shapes, sizes of parts, bounds,
 * paddings.
 *
 * <p>What a model computes from the shapes of its values is the same as in the whole model: Shape
 * gives the original sizes, and where a size is used it is replaced by the narrower one. So a scale
 * that is computed from the number of channels stays what it was trained with.
 */
final class NodeNarrower {

  /** Since these versions the operators take what were attributes as inputs. */
  private static final int SPLIT_INPUT_SINCE = 13;

  private static final int SLICE_INPUTS_SINCE = 10;
  private static final int PAD_INPUT_SINCE = 11;
  private static final int RESIZE_SIZES = 3;

  private final ChannelGroups groups;
  private final GraphFacts facts;
  private final Widths widths;
  private final Set<String> taken;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final List<TensorProto> constants = new ArrayList<>();

  /**
   * A corrector.
   *
   * @param taken all names of the model; new ones are added
   */
  NodeNarrower(ChannelGroups groups, Widths widths, Set<String> taken) {
    this.groups = groups;
    this.facts = groups.facts();
    this.widths = widths;
    this.taken = taken;
  }

  List<NodeProto> nodes() {
    return nodes;
  }

  /** Constants that the corrected nodes read besides. */
  List<TensorProto> constants() {
    return constants;
  }

  void add(NodeProto node) {
    NodeProto.Builder narrow = node.toBuilder();
    if (Ops.isKnown(node)) {
      switch (node.getOpType()) {
        case "Conv", "ConvTranspose" -> group(narrow);
        case "Reshape", "Expand" -> shape(narrow, 1);
        case "ConstantOfShape" -> shape(narrow, 0);
        case "Resize" -> {
          if (node.getInputCount() > RESIZE_SIZES && !node.getInput(RESIZE_SIZES).isEmpty()) {
            shape(narrow, RESIZE_SIZES);
          }
        }
        case "Split" -> split(narrow);
        case "Slice" -> slice(narrow);
        case "Pad" -> pad(narrow);
        case "Shape" -> {
          if (original(narrow)) {
            return;
          }
        }
        default -> {}
      }
    }
    nodes.add(narrow.build());
  }

  private int kept(Axis axis, int from, int to) {
    int count = 0;
    for (int i = from; i < to; i++) {
      count += groups.isKept(axis.label(i), widths) ? 1 : 0;
    }
    return count;
  }

  private int kept(Axis axis) {
    return kept(axis, 0, axis.size());
  }

  private boolean isNarrowed(Axis axis) {
    return kept(axis) < axis.size();
  }

  private void group(NodeProto.Builder node) {
    long group = Ops.integer(node.build(), "group", 1);
    Axis in = groups.axis(node.getInput(0), 1);
    if (group > 1 && isNarrowed(in)) {
      set(node, "group", AttributeType.INT, List.of(group * kept(in) / in.size()));
    }
  }

  /** The elements of a shape are the output's dimensions, matched from the end. */
  private void shape(NodeProto.Builder node, int input) {
    String output = node.getOutput(0);
    int rank = facts.rank(output);
    int length =
        (int) (facts.rank(node.getInput(input)) == 1 ? facts.dim(node.getInput(input), 0) : 0);
    Map<Integer, Long> changes = new TreeMap<>();
    for (int i = 0; i < length; i++) {
      Axis axis = groups.axis(output, rank - length + i);
      if (isNarrowed(axis)) {
        changes.put(i, (long) kept(axis));
      }
    }
    correct(node, input, changes);
  }

  private void split(NodeProto.Builder node) {
    int rank = facts.rank(node.getInput(0));
    int axis = axis(Ops.integer(node.build(), "axis", 0), rank);
    if (!isNarrowed(groups.axis(node.getInput(0), axis))) {
      return;
    }
    List<Long> sizes = new ArrayList<>();
    for (String output : node.getOutputList()) {
      Axis part = groups.axis(output, axis);
      sizes.add(part.isFixed() ? facts.dim(output, axis) : kept(part));
    }
    if (groups.model().opset() < SPLIT_INPUT_SINCE) {
      set(node, "split", AttributeType.INTS, sizes);
      return;
    }
    remove(node, "num_outputs");
    String name = constant(DataType.INT64_VALUE, sizes);
    if (node.getInputCount() > 1) {
      node.setInput(1, name);
    } else {
      node.addInput(name);
    }
  }

  private void slice(NodeProto.Builder node) {
    boolean inputs = groups.model().opset() >= SLICE_INPUTS_SINCE;
    List<Long> starts = integers(node, "starts", inputs ? 1 : -1);
    List<Long> ends = integers(node, "ends", inputs ? 2 : -1);
    List<Long> axes = integers(node, "axes", inputs ? 3 : -1);
    int rank = facts.rank(node.getInput(0));
    Map<Integer, Long> newStarts = new TreeMap<>();
    Map<Integer, Long> newEnds = new TreeMap<>();
    for (int i = 0; i < Math.min(starts.size(), ends.size()); i++) {
      Axis axis = groups.axis(node.getInput(0), axes.isEmpty() ? i : axis(axes.get(i), rank));
      if (isNarrowed(axis)) {
        int from = SliceWidth.position(axis, starts.get(i));
        int to = Math.max(from, SliceWidth.position(axis, ends.get(i)));
        newStarts.put(i, (long) kept(axis, 0, from));
        newEnds.put(i, (long) kept(axis, 0, to));
      }
    }
    if (inputs) {
      correct(node, 1, newStarts);
      correct(node, 2, newEnds);
    } else if (!newStarts.isEmpty()) {
      set(node, "starts", AttributeType.INTS, changed(starts, newStarts));
      set(node, "ends", AttributeType.INTS, changed(ends, newEnds));
    }
  }

  private void pad(NodeProto.Builder node) {
    boolean input = groups.model().opset() >= PAD_INPUT_SINCE;
    List<Long> pads = integers(node, "pads", input ? 1 : -1);
    int rank = facts.rank(node.getOutput(0));
    Map<Integer, Long> changes = new TreeMap<>();
    for (int i = 0; i < Math.min(rank, pads.size() / 2); i++) {
      Axis axis = groups.axis(node.getOutput(0), i);
      if (isNarrowed(axis)) {
        int before = Math.toIntExact(pads.get(i));
        int after = Math.toIntExact(pads.get(rank + i));
        changes.put(i, (long) kept(axis, 0, before));
        changes.put(rank + i, (long) kept(axis, axis.size() - after, axis.size()));
      }
    }
    if (input) {
      correct(node, 1, changes);
    } else if (!changes.isEmpty()) {
      set(node, "pads", AttributeType.INTS, changed(pads, changes));
    }
  }

  /** Makes Shape give the original sizes; true if it is not needed any more. */
  private boolean original(NodeProto.Builder node) {
    boolean narrowed = false;
    for (int i = 0; i < facts.rank(node.getInput(0)); i++) {
      narrowed |= isNarrowed(groups.axis(node.getInput(0), i));
    }
    double[] values = facts.values(node.getOutput(0));
    if (!narrowed || values == null) {
      return false;
    }
    String output = node.getOutput(0);
    Map<Integer, Long> changes = new TreeMap<>();
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      sizes.add(Double.isNaN(values[i]) ? 0 : (long) values[i]);
      if (!Double.isNaN(values[i])) {
        changes.put(i, sizes.get(i));
      }
    }
    if (changes.size() == values.length) {
      constants.add(tensor(output, DataType.INT64_VALUE, sizes));
      return true;
    }
    String narrow = name();
    nodes.add(node.clone().setOutput(0, narrow).build());
    nodes.add(where(narrow, DataType.INT64_VALUE, sizes, changes, output));
    return true;
  }

  private static int axis(long axis, int rank) {
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** An attribute or else the elements of an input that are known; unknown ones are 0. */
  private List<Long> integers(NodeProto.Builder node, String attribute, int input) {
    List<Long> list = new ArrayList<>();
    long[] given = Ops.integers(node.build(), attribute);
    if (given != null) {
      for (long value : given) {
        list.add(value);
      }
      return list;
    }
    boolean has = input >= 0 && input < node.getInputCount();
    double[] values = has ? facts.values(node.getInput(input)) : null;
    for (int i = 0; values != null && i < values.length; i++) {
      list.add(Double.isNaN(values[i]) ? 0 : (long) values[i]);
    }
    return list;
  }

  private static List<Long> changed(List<Long> list, Map<Integer, Long> changes) {
    List<Long> changed = new ArrayList<>(list);
    changes.forEach(changed::set);
    return changed;
  }

  /** Replaces some elements of an input, by a new constant if all the others are known. */
  private void correct(NodeProto.Builder node, int input, Map<Integer, Long> changes) {
    if (changes.isEmpty()) {
      return;
    }
    String old = node.getInput(input);
    int type = facts.type(old);
    double[] values = facts.values(old);
    int length = Math.toIntExact(facts.dim(old, 0));
    List<Long> elements = new ArrayList<>();
    boolean known = true;
    for (int i = 0; i < length; i++) {
      double element = values == null ? Double.NaN : values[i];
      known &= !Double.isNaN(element) || changes.containsKey(i);
      elements.add(changes.getOrDefault(i, Double.isNaN(element) ? 0L : (long) element));
    }
    if (known) {
      node.setInput(input, constant(type, elements));
      return;
    }
    String corrected = name();
    nodes.add(where(old, type, elements, changes, corrected));
    node.setInput(input, corrected);
  }

  /** A node that takes the given elements where they are changes, the others from a value. */
  private NodeProto where(
      String old, int type, List<Long> elements, Map<Integer, Long> changes, String output) {
    byte[] mask = new byte[elements.size()];
    changes.keySet().forEach(i -> mask[i] = 1);
    String condition = name();
    constants.add(
        TensorProto.newBuilder()
            .setName(condition)
            .setDataType(DataType.BOOL_VALUE)
            .addDims(mask.length)
            .setRawData(ByteString.copyFrom(mask))
            .build());
    return NodeProto.newBuilder()
        .setOpType("Where")
        .addInput(condition)
        .addInput(constant(type, elements))
        .addInput(old)
        .addOutput(output)
        .build();
  }

  private String constant(int type, List<Long> elements) {
    String name = name();
    constants.add(tensor(name, type, elements));
    return name;
  }

  private static TensorProto tensor(String name, int type, List<Long> elements) {
    boolean wide = type != DataType.INT32_VALUE;
    ByteBuffer bytes =
        ByteBuffer.allocate(elements.size() * (wide ? Long.BYTES : Integer.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long element : elements) {
      if (wide) {
        bytes.putLong(element);
      } else {
        bytes.putInt((int) element);
      }
    }
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(wide ? DataType.INT64_VALUE : DataType.INT32_VALUE)
        .addDims(elements.size())
        .setRawData(ByteString.copyFrom(bytes.flip()))
        .build();
  }

  private String name() {
    String name;
    int number = taken.size();
    do {
      name = "kept_" + number++;
    } while (!taken.add(name));
    return name;
  }

  private static void remove(NodeProto.Builder node, String attribute) {
    for (int i = node.getAttributeCount() - 1; i >= 0; i--) {
      if (node.getAttribute(i).getName().equals(attribute)) {
        node.removeAttribute(i);
      }
    }
  }

  private static void set(
      NodeProto.Builder node, String name, AttributeType type, List<Long> values) {
    remove(node, name);
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name).setType(type);
    if (type == AttributeType.INT) {
      attribute.setI(values.getFirst());
    } else {
      attribute.addAllInts(values);
    }
    node.addAttribute(attribute);
  }
}
