package dev.insitu.benchmarks.scenarios;

import dev.insitu.device.DeviceOptions;
import dev.insitu.device.OkHttpTransport;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The SDK's own transport with a meter in it. */
final class MeteredTransport extends PassingTransport {

  private final Meter meter;

  MeteredTransport(Meter meter) {
    super(
        new OkHttpTransport(
            DeviceOptions.DEFAULT_CONNECT_TIMEOUT, DeviceOptions.DEFAULT_STALL_TIMEOUT));
    this.meter = meter;
  }

  @Override
  public Exchange exchange(Request request) {
    meter.addRequest(request.body().map(ByteBuffer::remaining).orElse(0));
    return super.exchange(request);
  }

  @Override
  Response answer(Request request, Response response) {
    boolean content = request.uri().getPath().endsWith("/content");
    return new Metered(response, content && response.status() < 300);
  }

  @Override
  public void close() throws IOException {
    meter.sockets(socketBytes());
    super.close();
  }

  private final class Metered extends PassingResponse {

    private final boolean content;

    Metered(Response response, boolean content) {
      super(response);
      this.content = content;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      if (read > 0 && content) {
        meter.addContent(read);
      } else if (read > 0) {
        meter.addOther(read);
      }
      meter.sockets(socketBytes());
      return read;
    }

    @Override
    public void close() {
      super.close();
      meter.sockets(socketBytes());
    }
  }
}
