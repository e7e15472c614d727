package dev.insitu.benchmarks.scenarios;

import dev.insitu.device.DeviceOptions;
import dev.insitu.device.OkHttpTransport;
import dev.insitu.device.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The SDK's own transport with a meter in it. */
final class MeteredTransport implements Transport {

  private final Transport inner =
      new OkHttpTransport(
          DeviceOptions.DEFAULT_CONNECT_TIMEOUT, DeviceOptions.DEFAULT_STALL_TIMEOUT);
  private final Meter meter;

  MeteredTransport(Meter meter) {
    this.meter = meter;
  }

  @Override
  public Exchange exchange(Request request) {
    meter.addRequest(request.body().map(ByteBuffer::remaining).orElse(0));
    boolean content = request.uri().getPath().endsWith("/content");
    Exchange exchange = inner.exchange(request);
    return new Exchange() {
      @Override
      public Response send() throws IOException {
        Response response = exchange.send();
        return new Metered(response, content && response.status() < 300);
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
    meter.sockets(inner.socketBytes());
    inner.close();
  }

  private final class Metered implements Response {

    private final Response response;
    private final boolean content;

    Metered(Response response, boolean content) {
      this.response = response;
      this.content = content;
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
      return response.length();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = response.read(into, offset, length);
      if (read > 0 && content) {
        meter.addContent(read);
      } else if (read > 0) {
        meter.addOther(read);
      }
      meter.sockets(inner.socketBytes());
      return read;
    }

    @Override
    public void close() {
      response.close();
      meter.sockets(inner.socketBytes());
    }
  }
}
