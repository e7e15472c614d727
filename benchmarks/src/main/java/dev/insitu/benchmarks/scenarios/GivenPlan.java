package dev.insitu.benchmarks.scenarios;

import dev.insitu.device.Transport;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import java.io.IOException;

/**
 * A transport over which a device gets a given plan: it asks and is answered over the link as
 * always, and what the answer says is replaced. So plans can be run that no server would choose.
 */
final class GivenPlan extends PassingTransport {

  private final byte[] plan;

  GivenPlan(Transport inner, Plan plan) {
    super(inner);
    this.plan = PlanJson.write(plan);
  }

  @Override
  Response answer(Request request, Response response) throws IOException {
    if (!request.uri().getPath().endsWith("/plan")) {
      return response;
    }
    byte[] passedOver = new byte[1 << 12];
    int count = response.read(passedOver, 0, passedOver.length);
    while (count >= 0) {
      count = response.read(passedOver, 0, passedOver.length);
    }
    return new Replaced(response, plan);
  }

  /** An answer with another body. */
  private static final class Replaced extends PassingResponse {

    private final byte[] body;
    private int position;

    Replaced(Response response, byte[] body) {
      super(response);
      this.body = body;
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
      int count = Math.min(body.length - position, length);
      System.arraycopy(body, position, into, offset, count);
      position += count;
      return count;
    }
  }
}
