package dev.insitu.server.inference;

import dev.insitu.elastic.ValueSpec;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Tensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A part of a model, opened for inference.
 *
 * @param inputs the values at its first cut that may be given
 * @param crossing those that cross it, in their order, as a feature message has them
 * @param outputs those at its last; what the part does not make itself crosses it as it is
 * @param graph computes
 */
public record OpenPart(
    List<ValueSpec> inputs, List<ValueSpec> crossing, List<ValueSpec> outputs, GraphRun graph)
    implements AutoCloseable {

  public OpenPart {
    inputs = List.copyOf(inputs);
    crossing = List.copyOf(crossing);
    outputs = List.copyOf(outputs);
  }

  /**
   * Runs the part.
   *
   * @param mostBytes of the answers
   */
  Map<String, Tensor> run(Map<String, Tensor> values, long mostBytes) {
    Map<String, Tensor> fed = new LinkedHashMap<>(values);
    fed.keySet().retainAll(graph.inputs());
    Map<String, Tensor> made = graph.run(fed, mostBytes);
    Map<String, Tensor> answers = new LinkedHashMap<>();
    for (ValueSpec output : outputs) {
      Tensor answer = made.get(output.name());
      Tensor crossing = answer == null ? values.get(output.name()) : answer;
      if (crossing != null) {
        answers.put(output.name(), crossing);
      }
    }
    return answers;
  }

  /** The values that a request must have: the others are not looked at. */
  public Set<String> needed() {
    Set<String> needed = new HashSet<>(graph.inputs());
    outputs.forEach(output -> needed.add(output.name()));
    needed.retainAll(inputs.stream().map(ValueSpec::name).toList());
    return needed;
  }

  /** Whether the first dimension of all values that it reads is open. */
  boolean hasOpenFirstDimension() {
    return inputs.stream().allMatch(OpenPart::isOpen)
        && outputs.stream().allMatch(output -> !output.ranked() || isOpen(output));
  }

  private static boolean isOpen(ValueSpec value) {
    return value.ranked() && !value.dims().isEmpty() && value.dims().getFirst() < 0;
  }

  @Override
  public void close() {
    graph.close();
  }
}
