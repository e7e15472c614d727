package dev.insitu.device;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.runtime.Answer;
import dev.insitu.runtime.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.OptionalDouble;

/** How fast this device computes a model, as its inferences took. Thread-safe. */
final class ModelSpeed {

  private static final int MEMORY = 15;
  private static final int LEAST = 3;
  private static final int WARMING = 2; // the first inferences make what later ones find

  private final Deque<Double> speeds =
      new ArrayDeque<>(); // MAC/s, the latest last; guarded by this
  private int seen; // guarded by this

  /**
   * Takes an inference that waited for nothing.
   *
   * @param model that answered
   * @param answer of this device alone
   */
  void took(Manifest model, Map<String, Tensor> inputs, Answer answer, double seconds) {
    double macs = model.whole().macs();
    if (answer.macsShare().isPresent() && macs > 0 && seconds > 0) {
      add(macs * answer.macsShare().getAsDouble() * samples(model, inputs) / seconds);
    }
  }

  private synchronized void add(double speed) {
    seen++;
    if (seen > WARMING && speed > 0) {
      speeds.addLast(speed);
      if (speeds.size() > MEMORY) {
        speeds.removeFirst();
      }
    }
  }

  /** Of a model whose first dimension is open each index is a sample. */
  private static double samples(Manifest model, Map<String, Tensor> inputs) {
    for (ValueSpec input : model.inputs()) {
      Tensor value = inputs.get(input.name());
      if (value != null && !input.dims().isEmpty() && input.dims().get(0) < 0) {
        return value.shape()[0];
      }
    }
    return 1;
  }

  /** Multiply-accumulates in a second, the median of the latest; empty if too little is known. */
  synchronized OptionalDouble macsPerSecond() {
    if (speeds.size() < LEAST) {
      return OptionalDouble.empty();
    }
    double[] sorted = speeds.stream().mapToDouble(speed -> speed).sorted().toArray();
    return OptionalDouble.of(sorted[sorted.length / 2]);
  }
}
