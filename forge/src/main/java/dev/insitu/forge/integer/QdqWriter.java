package dev.insitu.forge.integer;

import dev.insitu.forge.integer.CodeType.Codes;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import dev.insitu.model.proto.TensorProto;
import dev.insitu.model.proto.TensorProto.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a planned graph in QDQ form: each quantised value goes through its codes and back. */
final class QdqWriter {

  private final EditableGraph graph;
  private final QuantisationPlan plan;
  private final Map<String, Codes> codes; // by the value whose range it is
  private final Map<String, float[]> biases; // by layer, instead of its own
  private final IntegerOptions options;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final Map<String, String> restored = new HashMap<>(); // value -> after its codes
  private final Map<String, String> constants = new HashMap<>();
  private final Map<String, String> coded = new HashMap<>(); // value -> its codes
  private final Set<String> madeInteger = new HashSet<>();

  private QdqWriter(
      EditableGraph graph,
      QuantisationPlan plan,
      Map<String, Codes> codes,
      Map<String, float[]> biases,
      IntegerOptions options) {
    this.graph = graph;
    this.plan = plan;
    this.codes = codes;
    this.biases = biases;
    this.options = options;
  }

  /**
   * The QDQ model.
   *
   * @param graph the float graph; stays as it is
   * @param codes of every range that the plan asks for
   * @param biases by layer name, instead of the layer's own
   */
  static ModelProto write(
      EditableGraph graph,
      QuantisationPlan plan,
      Map<String, Codes> codes,
      Map<String, float[]> biases,
      IntegerOptions options) {
    return new QdqWriter(graph.copy(), plan, codes, biases, options).write();
  }

  private ModelProto write() {
    for (String input : graph.inputs()) {
      if (plan.values().contains(input)) {
        throughCodes(input, input, graph.fresh(input + "_dequantized"));
      }
    }
    for (NodeProto node : graph.nodes()) {
      if (!plan.isAbsorbed(node)) {
        boolean integer = plan.isInteger(node);
        addResults(node, integer ? integerNode(node) : floatNode(node), integer);
      }
    }
    dropUnread();
    return graph.build(nodes, List.of());
  }

  /** Codes that only {@link #padCodes} reads need no way back. */
  private void dropUnread() {
    Set<String> read = new HashSet<>(graph.outputs());
    read.addAll(graph.innerReads());
    nodes.forEach(node -> read.addAll(node.getInputList()));
    nodes.removeIf(node -> Nodes.is(node, "DequantizeLinear") && !read.contains(node.getOutput(0)));
  }

  /** Reads values after their codes only where integers made them: a float is better. */
  private NodeProto floatNode(NodeProto node) {
    NodeProto.Builder changed = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      if (madeInteger.contains(input)) {
        changed.setInput(i, restored.getOrDefault(input, input));
      }
    }
    return changed.build();
  }

  private NodeProto integerNode(NodeProto node) {
    Layer layer = plan.layer(node);
    NodeProto.Builder changed = node.toBuilder();
    for (int i = 0; i < node.getInputCount(); i++) {
      String input = node.getInput(i);
      if (plan.values().contains(input)) {
        changed.setInput(i, restored.getOrDefault(input, input));
      } else if (layer == null && Constants.floats(graph.constant(input)) != null && joins(node)) {
        changed.setInput(i, constant(input));
      }
    }
    return layer == null ? changed.build() : withWeights(changed.build(), layer);
  }

  /** Whether constants are operands like others, not parameters such as a padding value. */
  private static boolean joins(NodeProto node) {
    return Nodes.isOneOf(node, Set.of("Add", "Mul", "Concat", "MatMul"));
  }

  private void addResults(NodeProto node, NodeProto changed, boolean integer) {
    String output = node.getOutputCount() == 0 ? "" : node.getOutput(0);
    String result = integer ? plan.result(output) : output;
    if (!integer || !plan.values().contains(result)) {
      nodes.add(changed);
      for (String made : node.getOutputList()) {
        if (plan.values().contains(made)) {
          throughCodes(made, made, graph.fresh(made + "_dequantized"));
        }
      }
      return;
    }
    madeInteger.add(result);
    boolean isOutput = graph.outputs().contains(result);
    String codesBefore = coded.get(Nodes.input(node, 0));
    if (Nodes.is(node, "Pad") && codesBefore != null && !graph.innerReads().contains(result)) {
      String after = isOutput ? result : graph.fresh(result + "_dequantized");
      padCodes(node, codesBefore, result, after);
      return;
    }
    String raw = isOutput ? graph.fresh(result + "_raw") : result;
    nodes.add(changed.toBuilder().setOutput(0, raw).build());
    throughCodes(result, raw, isOutput ? result : graph.fresh(result + "_dequantized"));
  }

  private void throughCodes(String value, String raw, String after) {
    String range = plan.rangeOf(value);
    String[] parameters = parameters(range, known(range));
    String quantized = graph.fresh(value + "_quantized");
    nodes.add(Nodes.of("QuantizeLinear", List.of(raw, parameters[0], parameters[1]), quantized));
    restore(value, quantized, parameters, after);
  }

  /** Pads the codes themselves: ONNX Runtime has no rule that finds an integer padding. */
  private void padCodes(NodeProto node, String before, String value, String after) {
    String range = plan.rangeOf(value);
    String[] parameters = parameters(range, known(range));
    String quantized = graph.fresh(value + "_quantized");
    NodeProto changed = Nodes.withInput(Nodes.withInput(node, 0, before), 2, parameters[1]);
    nodes.add(changed.toBuilder().setOutput(0, quantized).build());
    restore(value, quantized, parameters, after);
  }

  private Codes known(String range) {
    Codes known = codes.get(range);
    if (known == null) {
      throw new IllegalStateException("No range for " + range);
    }
    return known;
  }

  private void restore(String value, String quantized, String[] parameters, String after) {
    nodes.add(
        Nodes.of("DequantizeLinear", List.of(quantized, parameters[0], parameters[1]), after));
    coded.put(value, quantized);
    restored.put(value, after);
  }

  /** Names of scale and zero point. */
  private String[] parameters(String name, Codes known) {
    String scale = constants.get("scale of " + name);
    String zero = constants.get("zero of " + name);
    if (scale == null || zero == null) {
      scale = graph.fresh(name + "_scale");
      zero = graph.fresh(name + "_zero_point");
      graph.put(Constants.ofFloats(scale, new float[] {known.scale()}));
      graph.put(Constants.ofBytes(zero, known.type().onnx(), new byte[] {(byte) known.zero()}));
      constants.put("scale of " + name, scale);
      constants.put("zero of " + name, zero);
    }
    return new String[] {scale, zero};
  }

  /** A constant operand, with one scale as its partner has. */
  private String constant(String name) {
    return constants.computeIfAbsent(name, this::quantisedConstant);
  }

  private String quantisedConstant(String name) {
    TensorProto tensor = graph.constant(name);
    float[] values = Constants.floats(tensor);
    if (tensor == null || values == null) {
      throw new IllegalStateException("No constant " + name);
    }
    float low = 0;
    float high = 0;
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    CodeType type = options.activations();
    Codes own = type.codes(new ValueRange(low, high));
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = type.encode(values[i], own);
    }
    String quantized = graph.fresh(name + "_quantized");
    String after = graph.fresh(name + "_dequantized");
    graph.put(Constants.ofBytes(quantized, type.onnx(), bytes, Constants.dims(tensor)));
    String scale = graph.fresh(name + "_scale");
    String zero = graph.fresh(name + "_zero_point");
    graph.put(Constants.ofFloats(scale, new float[] {own.scale()}));
    graph.put(Constants.ofBytes(zero, type.onnx(), new byte[] {(byte) own.zero()}));
    nodes.add(Nodes.of("DequantizeLinear", List.of(quantized, scale, zero), after));
    return after;
  }

  private NodeProto withWeights(NodeProto node, Layer layer) {
    float[] bias = biases.getOrDefault(layer.name(), layer.bias());
    Codes input = known(plan.rangeOf(layer.input()));
    WeightCodes weights = options.codes(layer, bias, input.scale());
    NodeProto changed = Nodes.withInput(node, 1, weights(layer, weights));
    boolean biased = layer.takesBias() && (!Nodes.input(node, 2).isEmpty() || anyNot0(bias));
    return biased
        ? Nodes.withInput(changed, 2, bias(layer, bias, weights, input.scale()))
        : changed;
  }

  private static boolean anyNot0(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }

  private String weights(Layer layer, WeightCodes weights) {
    String quantized = graph.fresh(layer.name() + "_quantized");
    String scale = graph.fresh(layer.name() + "_scale");
    String zero = graph.fresh(layer.name() + "_zero_point");
    String after = graph.fresh(layer.name() + "_dequantized");
    int channels = weights.scales().length;
    graph.put(Constants.ofBytes(quantized, DataType.INT8_VALUE, weights.codes(), weights.dims()));
    graph.put(Constants.ofFloats(scale, weights.scales(), channels));
    graph.put(Constants.ofBytes(zero, DataType.INT8_VALUE, new byte[channels], channels));
    nodes.add(
        Nodes.withAxis(
            Nodes.of("DequantizeLinear", List.of(quantized, scale, zero), after), layer.axis()));
    return after;
  }

  /** The bias in 32 bits, in units of the product of both scales. */
  private String bias(Layer layer, float[] bias, WeightCodes weights, float inputScale) {
    int[] rounded = new int[bias.length];
    float[] scales = new float[bias.length];
    int[] zeros = new int[bias.length];
    for (int c = 0; c < rounded.length; c++) {
      scales[c] = inputScale * weights.scales()[c];
      rounded[c] = (int) Math.rint(bias[c] / (double) scales[c]);
    }
    String quantized = graph.fresh(layer.name() + "_bias_quantized");
    String scale = graph.fresh(layer.name() + "_bias_scale");
    String zero = graph.fresh(layer.name() + "_bias_zero_point");
    String after = graph.fresh(layer.name() + "_bias_dequantized");
    graph.put(Constants.ofInts(quantized, rounded, rounded.length));
    graph.put(Constants.ofFloats(scale, scales, rounded.length));
    graph.put(Constants.ofInts(zero, zeros, rounded.length));
    nodes.add(
        Nodes.withAxis(Nodes.of("DequantizeLinear", List.of(quantized, scale, zero), after), 0));
    return after;
  }
}
