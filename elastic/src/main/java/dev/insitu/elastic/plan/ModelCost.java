package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What the model of a depth and width costs a device, whatever its bits.
 *
 * @param depth segments before the answer
 * @param width its share of the channels, above 0 up to 1
 * @param macs multiply-accumulates of one sample; 0 if unknown
 * @param memoryBytes weights in the type that they are computed with, and the most activations of
 *     one sample at once
 * @param latencySeconds median time of one sample on the machine that measured, segment by segment;
 *     empty if it was not measured
 */
public record ModelCost(
    int depth, double width, long macs, long memoryBytes, OptionalDouble latencySeconds) {

  public ModelCost {
    Objects.requireNonNull(latencySeconds);
    double latency = latencySeconds.orElse(0);
    boolean model = depth >= 1 && width > 0 && width <= 1;
    if (!model || macs < 0 || memoryBytes < 0 || !(latency >= 0 && latency < 1e9)) {
      throw ElasticException.invalid(
          "A model has depth "
              + depth
              + ", width "
              + width
              + ", "
              + macs
              + " multiply-accumulates, "
              + memoryBytes
              + " bytes of memory and a latency of "
              + latency
              + " s.");
    }
  }
}
