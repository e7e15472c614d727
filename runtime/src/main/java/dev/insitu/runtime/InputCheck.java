package dev.insitu.runtime;

import dev.insitu.elastic.ValueSpec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Compares a caller's values with what the model declares. */
public final class InputCheck {

  private InputCheck() {}

  /**
   * Refuses values that are no inputs of the model, or have another type or shape.
   *
   * @throws InferenceException INPUT
   */
  public static void check(String model, List<ValueSpec> expected, Map<String, Tensor> given) {
    for (ValueSpec input : expected) {
      Tensor value = given.get(input.name());
      if (value != null) {
        checkValue(model, input, value);
      }
    }
    for (String name : given.keySet()) {
      if (expected.stream().noneMatch(input -> input.name().equals(name))) {
        throw InferenceException.input(
            "Model '" + model + "' has no input '" + name + "'; it has " + list(expected) + ".");
      }
    }
  }

  /**
   * Refuses a set of values that lacks a name.
   *
   * @throws InferenceException INPUT
   */
  public static void requireAll(
      String model, Collection<String> needed, Map<String, Tensor> given) {
    for (String name : needed) {
      if (given.get(name) == null) {
        throw InferenceException.input(
            "Model '"
                + model
                + "' needs '"
                + name
                + "'; given were "
                + (given.isEmpty() ? "no values" : String.join(", ", given.keySet()))
                + ".");
      }
    }
  }

  /** Refuses values with other names. */
  static void refuseOthers(String model, Collection<String> known, Map<String, Tensor> given) {
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw InferenceException.input(
            "Model '"
                + model
                + "' takes "
                + String.join(", ", known)
                + " here, not '"
                + name
                + "'.");
      }
    }
  }

  private static void checkValue(String model, ValueSpec expected, Tensor given) {
    boolean fits = expected.onnxType() == given.type().onnx() && shapeFits(expected, given.shape());
    if (!fits) {
      throw InferenceException.input(
          "Input '"
              + expected.name()
              + "' of model '"
              + model
              + "' is "
              + describe(expected)
              + "; given was "
              + given
              + ".");
    }
  }

  private static boolean shapeFits(ValueSpec expected, long[] shape) {
    if (!expected.ranked()) {
      return true;
    }
    if (expected.dims().size() != shape.length) {
      return false;
    }
    for (int i = 0; i < shape.length; i++) {
      long dim = expected.dims().get(i);
      if (dim >= 0 && dim != shape[i]) {
        return false;
      }
    }
    return true;
  }

  private static String list(List<ValueSpec> values) {
    return values.stream()
        .map(value -> "'" + value.name() + "' " + describe(value))
        .collect(Collectors.joining(", "));
  }

  private static String describe(ValueSpec value) {
    String type = TypeNames.of(value.onnxType());
    if (!value.ranked()) {
      return type;
    }
    return type
        + value.dims().stream()
            .map(dim -> dim < 0 ? "?" : Long.toString(dim))
            .collect(Collectors.joining(", ", "[", "]"));
  }
}
