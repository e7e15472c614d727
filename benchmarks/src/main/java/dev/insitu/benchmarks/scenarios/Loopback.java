package dev.insitu.benchmarks.scenarios;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** What bytes take to get to another thread over loopback, with nothing done to them. */
final class Loopback {

  private Loopback() {}

  /** Median milliseconds for so many bytes one way and one byte back. */
  static double millis(int bytes, int runs) throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
        Socket server = listener.accept()) {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread other = Thread.ofPlatform().start(() -> swallow(server, bytes, runs));
      byte[] sent = new byte[bytes];
      double[] millis = new double[runs];
      for (int i = 0; i < runs; i++) {
        long start = System.nanoTime();
        client.getOutputStream().write(sent);
        if (client.getInputStream().read() < 0) {
          throw new IOException("The other end is gone");
        }
        millis[i] = 1e3 * Stats.secondsSince(start);
      }
      join(other);
      return Stats.median(millis);
    }
  }

  private static void join(Thread other) throws IOException {
    try {
      other.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted", e);
    }
  }

  private static void swallow(Socket from, int bytes, int runs) {
    try {
      DataInputStream in = new DataInputStream(from.getInputStream());
      OutputStream out = from.getOutputStream();
      byte[] read = new byte[bytes];
      for (int i = 0; i < runs; i++) {
        in.readFully(read);
        out.write(1);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
