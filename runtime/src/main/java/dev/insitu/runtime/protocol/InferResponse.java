package dev.insitu.runtime.protocol;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.runtime.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The answer to an {@link InferRequest}.
 *
 * @param model its name
 * @param version of the model that computed
 * @param id of the request; empty if it had none
 * @param outputs by name, in their order
 * @param manifest of the package that computed; empty if the server does not say
 * @param work what it took; empty if the server does not say
 */
public record InferResponse(
    String model,
    String version,
    String id,
    Map<String, Tensor> outputs,
    Optional<Digest> manifest,
    Optional<Work> work) {

  /**
   * What an answer took on the server.
   *
   * @param waitMicros until its batch began to be computed
   * @param computeMicros of its batch
   * @param rows of the batch, samples of other requests included
   */
  public record Work(long waitMicros, long computeMicros, long rows) {}

  public InferResponse {
    Objects.requireNonNull(model);
    Objects.requireNonNull(version);
    Objects.requireNonNull(id);
    Objects.requireNonNull(manifest);
    Objects.requireNonNull(work);
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /**
   * The body.
   *
   * @param binary which outputs go as bytes
   * @throws ElasticException INVALID if an output that goes as JSON is infinite or no number
   */
  public InferenceBody write(Predicate<String> binary) {
    return ResponseJson.write(this, binary);
  }

  /**
   * Reads a body. Nothing larger than a few times its bytes is allocated.
   *
   * @throws ElasticException INVALID, naming what is wrong
   */
  public static InferResponse read(InferenceBody body) {
    return ResponseJson.read(body);
  }
}
