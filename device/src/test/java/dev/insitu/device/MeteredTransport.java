package dev.insitu.device;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * A transport that keeps the number of content bytes read in a mapped file, where it survives a
 * killed process.
 */
final class MeteredTransport implements Transport {

  private final Transport inner = new OkHttpTransport(Duration.ofSeconds(5), Duration.ofSeconds(5));
  private final MappedByteBuffer meter;

  private MeteredTransport(MappedByteBuffer meter) {
    this.meter = meter;
  }

  static MeteredTransport into(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer meter = channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES);
      meter.putLong(0, 0);
      return new MeteredTransport(meter);
    }
  }

  /** What the process that has the file, or had it, has read. */
  static long read(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return bytes.length < Long.BYTES ? 0 : ByteBuffer.wrap(bytes).getLong();
    } catch (IOException e) {
      return 0; // the process has not begun
    }
  }

  @Override
  public Exchange exchange(Request request) {
    Exchange exchange = inner.exchange(request);
    boolean content = request.method().equals("GET");
    return new Exchange() {
      @Override
      public Response send() throws IOException {
        return content ? new Metered(exchange.send()) : exchange.send();
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
  public void close() throws IOException {
    inner.close();
  }

  private final class Metered implements Response {
    private final Response response;

    Metered(Response response) {
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
      int read = response.read(into, offset, length);
      if (read > 0) {
        meter.putLong(0, meter.getLong(0) + read);
      }
      return read;
    }

    @Override
    public void close() {
      response.close();
    }
  }
}
