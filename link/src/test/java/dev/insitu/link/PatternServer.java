package dev.insitu.link;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server for tests. The client sends a position and a count (two big-endian longs) and gets these
 * bytes of an endless fixed stream; then the server waits for the next request. A negative count
 * asks for an echo of that many bytes instead.
 */
final class PatternServer implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;

  private final ServerSocket listener;
  private final AtomicLong written = new AtomicLong();

  PatternServer(InetSocketAddress address) throws IOException {
    listener = new ServerSocket();
    listener.bind(address);
    Threads.daemon("pattern-accept", this::acceptAll).start();
  }

  /** Serves until killed and says so when it is ready; arguments are host and port. */
  @SuppressWarnings("try") // Never closed: the process is killed.
  public static void main(String[] args) throws Exception {
    try (PatternServer server =
        new PatternServer(new InetSocketAddress(args[0], Integer.parseInt(args[1])))) {
      System.out.println("ready");
      Thread.currentThread().join();
    }
  }

  static PatternServer onLoopback() throws IOException {
    return new PatternServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Bytes that the server's sockets have taken. */
  long written() {
    return written.get();
  }

  /** The byte of the stream at a position. */
  static byte at(long position) {
    long z = position * 0x9E3779B97F4A7C15L;
    return (byte) (z >>> 56);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Threads.daemon("pattern-serve", () -> serve(socket)).start();
      } catch (IOException e) {
        // Closed, or reset before it was accepted; the loop's condition tells.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
      socket.setTcpNoDelay(true);
      while (true) {
        long position = in.readLong();
        long count = in.readLong();
        if (count < 0) {
          echo(in, out, -count);
        } else {
          send(out, position, count);
        }
      }
    } catch (IOException e) {
      // The client has had enough, or the link was cut.
    }
  }

  private void send(OutputStream out, long position, long count) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (long sent = 0; sent < count; ) {
      int length = (int) Math.min(CHUNK, count - sent);
      for (int i = 0; i < length; i++) {
        chunk[i] = at(position + sent + i);
      }
      out.write(chunk, 0, length);
      written.addAndGet(length);
      sent += length;
    }
  }

  private static void echo(InputStream in, OutputStream out, long count) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (long echoed = 0; echoed < count; ) {
      int read = in.read(chunk, 0, (int) Math.min(CHUNK, count - echoed));
      if (read < 0) {
        return;
      }
      out.write(chunk, 0, read);
      echoed += read;
    }
  }
}
