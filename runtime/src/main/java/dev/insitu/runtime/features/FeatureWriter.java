package dev.insitu.runtime.features;

import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Tensor;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * Writes feature messages with the coding that is read soonest over the link at hand, and learns
 * from each how fast this machine codes. Thread-safe.
 */
public final class FeatureWriter {

  private static final int TELLING = 1024; // values: fewer say nothing of the speed
  private static final double NEWEST = 0.2; // weight of the last message

  private final LongSupplier nanoTime;
  private double slowness = 1; // guarded by this

  /**
   * @param nanoTime a clock, in nanoseconds
   */
  public FeatureWriter(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Writes a message.
   *
   * @param values by name, in the order of the cut
   * @param bits for a value, as {@link FeatureCodec#encode(Map, int)} takes them
   * @param bytesPerSecond of the link; empty if nobody knows
   * @throws InferenceException INPUT if a float to be quantised is infinite or no number, naming it
   */
  public byte[] write(Map<String, Tensor> values, int bits, OptionalDouble bytesPerSecond) {
    FeatureCoding coding =
        bytesPerSecond.isPresent()
            ? FeatureCoding.forLink(bytesPerSecond.getAsDouble(), slowness())
            : FeatureCoding.HUFFMAN;
    long began = nanoTime.getAsLong();
    byte[] message = FeatureCodec.encode(values, bits, coding);
    long count = values.values().stream().mapToLong(Tensor::size).sum();
    if (bits != FeatureCodec.EXACT && count >= TELLING) {
      learn((nanoTime.getAsLong() - began) * 1e-9 / count / coding.writingSeconds());
    }
    return message;
  }

  private synchronized void learn(double ratio) {
    slowness += NEWEST * (ratio - slowness);
  }

  /** How many times as long coding takes here as on the machine in PERFORMANCE.md. */
  synchronized double slowness() {
    return slowness;
  }
}
