package dev.insitu.server.inference;

import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * A model that computes what has more samples than a batch may have in several runs, so that the
 * memory of a run does not grow with the request. Not thread-safe.
 *
 * <p>That the first dimension of a value is open does not say that it counts samples. So the first
 * two samples are computed together and alone; if the answers differ, nothing is ever divided.
 */
final class Sliced implements UnaryOperator<Map<String, Tensor>> {

  private final UnaryOperator<Map<String, Tensor>> model;
  private final int maxSamples;
  private final long maxBytes;
  private boolean tried;
  private boolean divides;

  /**
   * @param model whose values have an open first dimension
   * @param maxSamples of a run
   * @param maxBytes of the answers of all runs
   */
  Sliced(UnaryOperator<Map<String, Tensor>> model, int maxSamples, long maxBytes) {
    this.model = model;
    this.maxSamples = maxSamples;
    this.maxBytes = maxBytes;
  }

  /**
   * Computes.
   *
   * @throws InferenceException INPUT if the answers have too many bytes, or what the model throws
   */
  @Override
  public Map<String, Tensor> apply(Map<String, Tensor> inputs) {
    OptionalLong samples = Samples.count(inputs);
    if (samples.isEmpty()
        || samples.getAsLong() <= maxSamples
        || !divides(inputs, samples.getAsLong())) {
      return model.apply(inputs);
    }
    List<Map<String, Tensor>> answers = new ArrayList<>();
    long bytes = 0;
    for (Map<String, Tensor> slice : Samples.split(inputs, lengths(samples.getAsLong()))) {
      Map<String, Tensor> answer = model.apply(slice);
      bytes += Samples.bytes(answer);
      if (bytes > maxBytes) {
        throw new InferenceException(
            InferenceException.Reason.INPUT,
            "The answers to "
                + samples.getAsLong()
                + " samples have more than "
                + maxBytes
                + " bytes, the most that are sent.\nMaybe send fewer samples at a time.");
      }
      answers.add(answer);
    }
    return Samples.join(answers);
  }

  private boolean divides(Map<String, Tensor> inputs, long samples) {
    if (!tried) {
      divides = agrees(Samples.split(inputs, new long[] {1, 1, samples - 2}).subList(0, 2));
      tried = true;
    }
    return divides;
  }

  private boolean agrees(List<Map<String, Tensor>> two) {
    List<Map<String, Tensor>> together =
        Samples.split(model.apply(Samples.join(two)), new long[] {1, 1});
    return !together.isEmpty()
        && Samples.agree(model.apply(two.getFirst()), together.getFirst())
        && Samples.agree(model.apply(two.getLast()), together.getLast());
  }

  private long[] lengths(long samples) {
    long[] lengths = new long[Math.toIntExact((samples + maxSamples - 1) / maxSamples)];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = Math.min(maxSamples, samples - (long) i * maxSamples);
    }
    return lengths;
  }
}
