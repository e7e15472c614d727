package dev.insitu.device;

import dev.insitu.device.Transport.Exchange;
import dev.insitu.device.Transport.Request;
import dev.insitu.device.Transport.Response;
import dev.insitu.elastic.ElasticException;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.protocol.InferRequest;
import dev.insitu.runtime.protocol.InferResponse;
import dev.insitu.runtime.protocol.InferResponse.Work;
import dev.insitu.runtime.protocol.InferenceBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;

/** Lets a server compute, by the Open Inference Protocol. Thread-safe. */
final class InferClient {

  private static final int MOST_BYTES = 64 << 20;

  private final DeviceContext device;
  private final ModelName name;
  private final Tally tally;

  InferClient(DeviceContext device, ModelName name, Tally tally) {
    this.device = device;
    this.name = name;
    this.tally = tally;
  }

  /**
   * Asks a server to compute.
   *
   * @return the outputs by name
   * @throws IOException if it does not answer in time, or with an error
   * @throws ElasticException if its answer is none
   */
  Map<String, Tensor> infer(InferRequest request) throws IOException {
    InferenceBody body = request.write();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/octet-stream");
    headers.put("Accept", "application/octet-stream, application/json, application/problem+json");
    body.jsonBytes()
        .ifPresent(length -> headers.put(InferenceBody.HEADER, Integer.toString(length)));
    Exchange exchange =
        device.transport.exchange(
            new Request(
                "POST",
                PlanClient.resolve(device.options.server(), path(request)),
                headers,
                Optional.of(ByteBuffer.wrap(body.bytes()))));
    long begin = System.nanoTime();
    ScheduledFuture<?> end = device.after(device.options.assistLimit(), exchange::cancel);
    try (Response response = exchange.send()) {
      double seconds = (System.nanoTime() - begin) * 1e-9;
      if (response.status() != 200) {
        throw Answers.failure(response, "an inference with model '" + name + "'", tally);
      }
      byte[] bytes = Answers.body(response, MOST_BYTES, tally);
      Optional<String> header = response.header(InferenceBody.HEADER);
      InferResponse answer = InferResponse.read(InferenceBody.received(bytes, header));
      answer.work().ifPresent(work -> measure(body.bytes().length, seconds, work));
      return answer.outputs();
    } finally {
      end.cancel(false);
    }
  }

  private void measure(int bytes, double seconds, Work work) {
    device.link.sent(bytes, seconds - (work.waitMicros() + work.computeMicros()) * 1e-6);
  }

  /** Of the version whose cuts are meant; without one of the version that is asked for by name. */
  private String path(InferRequest request) {
    boolean cut = request.part().manifest().isPresent();
    String version = cut ? "" : name.version().map(some -> "/versions/" + some).orElse("");
    return "/v2/models/" + name.model() + version + "/infer";
  }
}
