package dev.insitu.link;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** The client of {@link PatternServer}; compares every byte with the stream. */
final class PatternClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket = new Socket();
  private final byte[] buffer = new byte[64 * 1024];

  PatternClient(InetSocketAddress address) throws IOException {
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(address, TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
  }

  Socket socket() {
    return socket;
  }

  void ask(long position, long count) throws IOException {
    DataOutputStream out = new DataOutputStream(socket.getOutputStream());
    byte[] request = new byte[16];
    ByteBuffer.wrap(request).putLong(position).putLong(count);
    out.write(request);
  }

  /**
   * Reads until {@code count} bytes have come or the connection ends.
   *
   * @param position of the first byte in the stream
   * @return how many came
   * @throws AssertionError if a byte differs
   */
  long receive(long position, long count) throws IOException {
    InputStream in = socket.getInputStream();
    for (long received = 0; received < count; ) {
      int read;
      try {
        read = in.read(buffer, 0, (int) Math.min(buffer.length, count - received));
      } catch (SocketException e) {
        return received;
      }
      if (read < 0) {
        return received;
      }
      check(position + received, read);
      received += read;
    }
    return count;
  }

  /** Asks and receives; payload Mbit/s of all that came after the first piece. */
  double megabitsPerSecond(long count) throws IOException {
    ask(0, count);
    int first = socket.getInputStream().read(buffer);
    long start = System.nanoTime();
    check(0, first);
    long received = first + receive(first, count - first);
    if (received != count) {
      throw new IOException("%d bytes of %d received".formatted(received, count));
    }
    return (count - first) * 8e3 / (System.nanoTime() - start);
  }

  /** Prints the goodput of a download; arguments are host, port and number of bytes. */
  public static void main(String[] args) throws IOException {
    InetSocketAddress address = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
    try (PatternClient client = new PatternClient(address)) {
      System.out.println(client.megabitsPerSecond(Long.parseLong(args[2])));
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void check(long position, int length) {
    for (int i = 0; i < length; i++) {
      if (buffer[i] != PatternServer.at(position + i)) {
        throw new AssertionError("byte %d differs".formatted(position + i));
      }
    }
  }
}
