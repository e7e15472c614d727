package dev.insitu.forge.integer;

import dev.insitu.forge.samples.Samples;
import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a model's values are for a sample.
 *
 * @param floats names of values that are float32 tensors
 * @param shapes their shapes for the first sample
 */
record Survey(Set<String> floats, Map<String, long[]> shapes) {

  /** Runs the model once. */
  static Survey of(EditableGraph graph, Samples samples) {
    Set<String> known = graph.outputs();
    Set<String> made = new LinkedHashSet<>(graph.inputs());
    for (NodeProto node : graph.nodes()) {
      node.getOutputList().stream().filter(name -> !name.isEmpty()).forEach(made::add);
    }
    List<String> inner = made.stream().filter(name -> !known.contains(name)).toList();
    Set<String> floats;
    byte[] all = graph.build(graph.nodes(), withoutInputs(graph, inner)).toByteArray();
    try (SampleRun run = new SampleRun(all, samples)) {
      floats = new LinkedHashSet<>(run.floatOutputs());
      floats.addAll(run.floatInputs());
    }
    return new Survey(floats, shapes(graph, floats, samples));
  }

  private static List<String> withoutInputs(EditableGraph graph, List<String> names) {
    return names.stream().filter(name -> !graph.inputs().contains(name)).toList();
  }

  private static Map<String, long[]> shapes(
      EditableGraph graph, Set<String> floats, Samples samples) {
    EditableGraph asked = graph.copy();
    List<NodeProto> nodes = new ArrayList<>(asked.nodes());
    Map<String, String> names = new HashMap<>();
    for (String value : floats) {
      String shape = asked.fresh(value + "_shape");
      names.put(shape, value);
      nodes.add(Nodes.of("Shape", List.of(value), shape));
    }
    byte[] model = asked.build(nodes, List.copyOf(names.keySet())).toByteArray();
    Map<String, long[]> shapes = new HashMap<>();
    try (SampleRun run = new SampleRun(model, samples)) {
      run.run(0, 1, names.keySet())
          .forEach((name, made) -> {
            long[] dims = new long[made.values().length];
            for (int d = 0; d < dims.length; d++) {
              dims[d] = (long) made.values()[d];
            }
            shapes.put(names.get(name), dims);
          });
    }
    return shapes;
  }

  /** Bytes of a value for one sample; a guess of one element where nothing is known. */
  long bytes(String value) {
    long elements = 1;
    for (long dim : shapes.getOrDefault(value, new long[0])) {
      elements *= dim;
    }
    return elements * Float.BYTES;
  }
}
