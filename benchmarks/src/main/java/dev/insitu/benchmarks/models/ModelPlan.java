package dev.insitu.benchmarks.models;

import dev.insitu.model.proto.GraphProto;
import java.util.List;

/**
 * A model without values.
 *
 * @param nodes the graph's name and nodes
 * @param tensors the initializers, in the order they are stored
 * @param ends the graph's inputs and outputs
 */
record ModelPlan(
    ModelSpec spec,
    GraphProto nodes,
    List<TensorSpec> tensors,
    GraphProto ends,
    List<ModelInput> inputs) {

  static ModelPlan of(ModelSpec spec) {
    GraphBuilder graph = new GraphBuilder(spec);
    spec.structure().build(graph);
    return graph.finish();
  }

  /** How many floats are stored, running statistics of batch normalizations included. */
  long parameters() {
    return tensors.stream().filter(TensorSpec::isWeight).mapToLong(TensorSpec::elements).sum();
  }
}
