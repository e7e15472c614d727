package dev.insitu.model;

/** Where each weight lies in the weight file that graphs refer to. */
@FunctionalInterface
public interface WeightLocator {

  /** Name of the weight file, beside the graph. */
  String FILE = "weights.bin";

  /**
   * The first byte of a weight in the file; it takes {@link Weight#byteLength()} from there.
   *
   * @param weight the weight's number
   */
  long offset(int weight);
}
