package dev.insitu.runtime.protocol;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Names;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A body of the protocol: JSON and, if its length is told, tensors as bytes behind it.
 *
 * @param bytes all of it, not to be changed
 * @param jsonBytes length of the JSON, which goes into the header {@link #HEADER}; empty if there
 *     is nothing behind it
 */
@SuppressWarnings("ArrayRecordComponent")
public record InferenceBody(byte[] bytes, OptionalInt jsonBytes) {

  /** The HTTP header with the length of the JSON, in requests and responses. */
  public static final String HEADER = "Inference-Header-Content-Length";

  /**
   * @throws ElasticException INVALID if the JSON would end behind the body
   */
  public InferenceBody {
    if (jsonBytes.isPresent()
        && (jsonBytes.getAsInt() < 0 || jsonBytes.getAsInt() > bytes.length)) {
      throw ElasticException.invalid(
          HEADER + " is " + jsonBytes.getAsInt() + "; the body has " + bytes.length + " bytes.");
    }
  }

  /**
   * A body that came over HTTP.
   *
   * @param header what {@link #HEADER} said, if it was there
   * @throws ElasticException INVALID if it is no length in the body
   */
  public static InferenceBody received(byte[] bytes, Optional<String> header) {
    return new InferenceBody(
        bytes,
        header.isPresent() ? OptionalInt.of(length(header.get().trim())) : OptionalInt.empty());
  }

  private static int length(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw ElasticException.invalid(
          HEADER + " is " + Names.quote(text) + "; a number of bytes was expected.");
    }
  }

  /** Where the JSON ends and the tensors begin. */
  int end() {
    return jsonBytes.orElse(bytes.length);
  }
}
