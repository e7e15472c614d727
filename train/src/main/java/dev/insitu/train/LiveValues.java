package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The values of a graph that is being run. What a node made is closed when its last name is
 * released; gradients keep what they need by themselves.
 */
final class LiveValues {

  private final Map<String, NDArray> byName = new HashMap<>();
  private final IdentityHashMap<NDArray, Integer> names = new IdentityHashMap<>();

  /** A value that is never closed here. */
  void keep(String name, NDArray array) {
    byName.put(name, array);
    names.merge(array, 1, Integer::sum);
  }

  /** A value that a node made, or passed on. */
  void put(String name, NDArray array) {
    if (!name.isEmpty()) {
      keep(name, array);
    }
  }

  NDArray get(String name) {
    NDArray array = byName.get(name);
    if (array == null) {
      throw new TrainException("Value '" + name + "' was not computed.");
    }
    return array;
  }

  void release(String name) {
    NDArray array = byName.remove(name);
    if (array != null && names.merge(array, -1, Integer::sum) == 0) {
      names.remove(array);
      array.close();
    }
  }
}
