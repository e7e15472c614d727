package dev.insitu.model;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/** The contents of a weight file, wherever they are kept. */
@FunctionalInterface
public interface WeightStore {

  /**
   * Fills the buffer's remaining space.
   *
   * @param offset first byte in the weight file
   * @param into where the bytes go
   */
  void read(long offset, ByteBuffer into);

  /** The root's own weights as they would lie in a weight file. */
  static WeightStore of(OnnxModel model, WeightLocator locator) {
    TreeMap<Long, Weight> byOffset = new TreeMap<>();
    for (Weight weight : model.weights()) {
      byOffset.put(locator.offset(weight.index()), weight);
    }
    return (offset, into) -> {
      Map.Entry<Long, Weight> entry = byOffset.floorEntry(offset);
      if (entry == null) {
        throw new OnnxException("no weight at offset " + offset + " of the weight file");
      }
      entry.getValue().read(offset - entry.getKey(), into);
    };
  }
}
