package dev.insitu.runtime;

import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.Locale;

/** Engine errors in the words of this module. */
final class Engine {

  /** What the engine and its C++ library say when they get no memory. */
  private static final List<String> OUT_OF_MEMORY =
      List.of("failed to allocate memory", "bad_alloc", "bad allocation", "out of memory");

  private Engine() {}

  /**
   * @param what a clause, as in "Segment 3 of 'x' cannot run"
   */
  static InferenceException failure(String what, OrtException cause) {
    String message = String.valueOf(cause.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    if (OUT_OF_MEMORY.stream().anyMatch(lower::contains)) {
      return InferenceException.memory(what, cause);
    }
    return new InferenceException(InferenceException.Reason.ENGINE, what + ": " + message, cause);
  }
}
