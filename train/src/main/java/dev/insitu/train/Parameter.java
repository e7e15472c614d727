package dev.insitu.train;

import ai.djl.ndarray.NDArray;

/**
 * An array that training changes.
 *
 * @param name of its initializer, or whatever it was added under
 * @param role what it does
 * @param array float32, owned by the {@link Parameters} it belongs to
 */
public record Parameter(String name, ParameterRole role, NDArray array) {

  /** Whether gradients are computed for it. */
  public boolean isTrained() {
    return array.hasGradient();
  }
}
