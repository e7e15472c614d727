package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.Digest;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.features.FeatureCodec;
import dev.insitu.runtime.protocol.InferRequest;
import dev.insitu.runtime.protocol.InferResponse;
import dev.insitu.runtime.protocol.InferenceBody;
import dev.insitu.runtime.protocol.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Asks a server for the rest of a model, with what crosses a cut in few bits. */
final class RemotePart {

  private static final int ASKED = 50;
  private static final int BITS = 8;

  private final URI uri;
  private final Digest manifest;

  /**
   * @param port of the server or of the link before it
   */
  RemotePart(int port, String model, Digest manifest) {
    this.uri = Line.url(port).resolve("/v2/models/" + model + "/infer");
    this.manifest = manifest;
  }

  /**
   * What a request costs beside computing, on this machine: making the message, the server's work
   * with the protocol.
   *
   * @param computingSeconds of the whole model
   */
  double overheadSeconds(Map<String, Tensor> question, double computingSeconds) throws IOException {
    double[] seconds = new double[ASKED];
    for (int i = -ASKED; i < ASKED; i++) { // the first half warms up
      long start = System.nanoTime();
      ask(0, question, BITS);
      if (i >= 0) {
        seconds[i] = Stats.secondsSince(start);
      }
    }
    return Math.max(0, Stats.median(seconds) - computingSeconds);
  }

  /**
   * The model's outputs.
   *
   * @param before the segment that the server begins with
   * @param values at the cut before it
   * @param bits for a value
   */
  Map<String, Tensor> ask(int before, Map<String, Tensor> values, int bits) throws IOException {
    byte[] message = FeatureCodec.encode(values, bits);
    InferenceBody body = InferRequest.ofFeatures(Part.from(before, manifest), message).write();
    HttpURLConnection post = (HttpURLConnection) uri.toURL().openConnection();
    post.setDoOutput(true);
    post.setFixedLengthStreamingMode(body.bytes().length);
    if (body.jsonBytes().isPresent()) {
      post.setRequestProperty(InferenceBody.HEADER, Integer.toString(body.jsonBytes().getAsInt()));
    }
    try (OutputStream out = post.getOutputStream()) {
      out.write(body.bytes());
    }
    try (InputStream in = post.getInputStream()) {
      byte[] answer = in.readAllBytes();
      Optional<String> header = Optional.ofNullable(post.getHeaderField(InferenceBody.HEADER));
      return InferResponse.read(InferenceBody.received(answer, header)).outputs();
    }
  }
}
