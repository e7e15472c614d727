package dev.insitu.benchmarks.scenarios;

import dev.insitu.device.Transport;
import java.io.IOException;
import java.util.Optional;

/** A transport that passes everything on to another, but may look at answers or change them. */
abstract class PassingTransport implements Transport {

  private final Transport inner;

  PassingTransport(Transport inner) {
    this.inner = inner;
  }

  /** What the device gets for what came. */
  abstract Response answer(Request request, Response response) throws IOException;

  @Override
  public Exchange exchange(Request request) {
    Exchange exchange = inner.exchange(request);
    return new Exchange() {
      @Override
      public Response send() throws IOException {
        return answer(request, exchange.send());
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

  /** An answer that passes everything on. */
  abstract static class PassingResponse implements Response {

    private final Response response;

    PassingResponse(Response response) {
      this.response = response;
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
      return response.read(into, offset, length);
    }

    @Override
    public void close() {
      response.close();
    }
  }
}
