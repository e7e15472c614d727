package dev.insitu.runtime.protocol;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.Tensor;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A request for inference with a model, or with a part of it.
 *
 * @param id that the answer repeats; empty if there is none
 * @param part of the model
 * @param inputs by name, in the order in which they are sent: the values at the part's first cut,
 *     or a feature message alone
 * @param outputs that are wanted; none for all
 * @param binaryOutputs whether outputs of which nothing is said come as bytes
 */
public record InferRequest(
    String id, Part part, Map<String, Tensor> inputs, List<Output> outputs, boolean binaryOutputs) {

  /**
   * Name of the input that holds all values at the cut as one message of the {@linkplain
   * dev.insitu.runtime.features.FeatureCodec feature codec}, UINT8[bytes].
   */
  public static final String FEATURES = "insitu_features";

  /**
   * An output that is wanted.
   *
   * @param binary whether it comes as bytes
   */
  public record Output(String name, boolean binary) {

    public Output {
      Objects.requireNonNull(name);
    }
  }

  /**
   * @throws ElasticException INVALID if there is a feature message that is none, or that is not
   *     alone
   */
  public InferRequest {
    Objects.requireNonNull(id);
    Objects.requireNonNull(part);
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = List.copyOf(outputs);
    Tensor message = inputs.get(FEATURES);
    if (message != null) {
      requireMessage(message, inputs.size());
    }
  }

  private static void requireMessage(Tensor message, int inputs) {
    if (message.type() != ElementType.UINT8 || message.shape().length != 1) {
      throw ElasticException.invalid(
          "'" + FEATURES + "' is " + message + "; a feature message is UINT8 with one dimension.");
    }
    if (inputs > 1) {
      throw ElasticException.invalid(
          "'" + FEATURES + "' came with " + (inputs - 1) + " other inputs; it holds all values.");
    }
  }

  /** With values as they are; all outputs come as bytes. */
  public static InferRequest of(Part part, Map<String, Tensor> values) {
    return new InferRequest("", part, values, List.of(), true);
  }

  /**
   * With the values at a cut as one message; all outputs come as bytes.
   *
   * @param message of the feature codec; not to be changed afterwards
   */
  public static InferRequest ofFeatures(Part part, byte[] message) {
    return of(
        part,
        Map.of(FEATURES, Tensor.wrap(ElementType.UINT8, ByteBuffer.wrap(message), message.length)));
  }

  /** The feature message, if the values came as one. */
  public Optional<ByteBuffer> features() {
    return Optional.ofNullable(inputs.get(FEATURES)).map(Tensor::bytes);
  }

  /** The body, with the inputs as bytes. */
  public InferenceBody write() {
    return RequestJson.write(this);
  }

  /**
   * Reads a body. Nothing larger than a few times its bytes is allocated.
   *
   * @throws ElasticException INVALID, naming what is wrong
   */
  public static InferRequest read(InferenceBody body) {
    return RequestJson.read(body);
  }
}
