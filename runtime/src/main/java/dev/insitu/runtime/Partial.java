package dev.insitu.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What came of the segments before a cut.
 *
 * @param answer of an exit on the way that was sure enough
 * @param values at the cut by name; none if there is an answer
 */
public record Partial(Optional<Answer> answer, Map<String, Tensor> values) {

  public Partial {
    Objects.requireNonNull(answer);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
