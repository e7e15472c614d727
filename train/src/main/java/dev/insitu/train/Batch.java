package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Some samples.
 *
 * @param inputs by the graph's input name, the samples along the first dimension
 * @param labels the right class of each; empty if nobody knows
 * @param size how many samples
 */
@SuppressWarnings("ArrayRecordComponent")
public record Batch(Map<String, NDArray> inputs, int[] labels, int size) {

  public Batch {
    inputs = new LinkedHashMap<>(inputs);
    if (labels.length != 0 && labels.length != size) {
      throw new TrainException(size + " samples have " + labels.length + " labels.");
    }
  }
}
