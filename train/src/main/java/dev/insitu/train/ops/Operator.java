package dev.insitu.train.ops;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** What a node does to its inputs, so that gradients flow back through it. */
@FunctionalInterface
public interface Operator {

  /**
   * The node's outputs. They may be inputs passed on; others belong to the call's scope and are in
   * PyTorch's own memory.
   */
  List<NDArray> apply(OpCall call);

  /** An operator with one output. */
  @FunctionalInterface
  interface Single {
    NDArray apply(OpCall call);

    default Operator asOperator() {
      return call -> List.of(apply(call));
    }
  }
}
