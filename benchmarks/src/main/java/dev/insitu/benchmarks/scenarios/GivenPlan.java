package dev.insitu.benchmarks.scenarios;

import dev.insitu.device.Transport;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A transport over which a device gets a given plan: it asks and is answered over the link as
 * always, and what the answer says is replaced. So plans can be run that no server would choose.
 */
final class GivenPlan implements Transport {

  private final Transport inner;
  private final byte[] plan;

  GivenPlan(Transport inner, Plan plan) {
    this.inner = inner;
    this.plan = PlanJson.write(plan);
  }

  @Override
  public Exchange exchange(Request request) {
    Exchange exchange = inner.exchange(request);
    if (!request.uri().getPath().endsWith("/plan")) {
      return exchange;
    }
    return new Exchange() {
      @Override
      public Response send() throws IOException {
        Response response = exchange.send();
        byte[] read = new byte[1 << 12];
        int count = response.read(read, 0, read.length);
        while (count >= 0) {
          count = response.read(read, 0, read.length);
        }
        return new Replaced(response, plan);
      }

      @Override
      public void cancel() {
        exchange.cancel();
      }
    };
  }

  @Override
  public void reconnect() {
    inner.reconnect();
  }

  @Override
  public long socketBytes() {
    return inner.socketBytes();
  }

  @Override
  public void close() throws IOException {
    inner.close();
  }

  /** An answer with another body. */
  private static final class Replaced implements Response {

    private final Response response;
    private final byte[] body;
    private int position;

    Replaced(Response response, byte[] body) {
      this.response = response;
      this.body = body;
    }

    @Override
    public int status() {
      return response.status();
    }

    @Override
    public Optional<String> header(String name) {
      return response.header(name);
    }

    @Override
    public long length() {
      return body.length;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (position == body.length) {
        return -1;
      }
      byte[] some = Arrays.copyOfRange(body, position, Math.min(body.length, position + length));
      System.arraycopy(some, 0, into, offset, some.length);
      position += some.length;
      return some.length;
    }

    @Override
    public void close() {
      response.close();
    }
  }
}
