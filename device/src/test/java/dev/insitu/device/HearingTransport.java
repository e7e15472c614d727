package dev.insitu.device;

import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Situation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The usual transport, which hears the situations that are sent over it. */
final class HearingTransport implements Transport {

  private final Transport behind =
      new OkHttpTransport(Duration.ofSeconds(5), Duration.ofSeconds(10));
  private final List<Situation> asked;
  private final AtomicInteger inferences = new AtomicInteger();
  private volatile Runnable beforeInference = () -> {};

  /**
   * @param asked gets the situations
   */
  HearingTransport(List<Situation> asked) {
    this.asked = asked;
  }

  /** How often a server was asked to compute. */
  int inferences() {
    return inferences.get();
  }

  /** Does something between the device's part and the server's. */
  void beforeInference(Runnable action) {
    beforeInference = action;
  }

  @Override
  public Exchange exchange(Request request) {
    if (request.uri().getPath().endsWith("/infer")) {
      inferences.incrementAndGet();
      beforeInference.run();
    }
    if (request.uri().getPath().endsWith("/decide")) {
      ByteBuffer body = request.body().orElseThrow().duplicate();
      byte[] bytes = new byte[body.remaining()];
      body.get(bytes);
      asked.add(PlanJson.readSituation(bytes));
    }
    return behind.exchange(request);
  }

  @Override
  public void reconnect() {
    behind.reconnect();
  }

  @Override
  public void close() throws IOException {
    behind.close();
  }
}
