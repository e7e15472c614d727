package dev.insitu.runtime;

import ai.onnxruntime.OrtException;

/** Engine errors in the words of this module. */
final class Engine {

  private Engine() {}

  /**
   * @param what a clause, as in "Segment 3 of 'x' cannot run"
   */
  static InferenceException failure(String what, OrtException cause) {
    return new InferenceException(
        InferenceException.Reason.ENGINE, what + ": " + cause.getMessage(), cause);
  }
}
