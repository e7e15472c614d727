package dev.insitu.benchmarks.scenarios;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** How long a server on this machine takes for a request that asks for next to nothing. */
final class Trips {

  private static final int COUNT = 50;

  private Trips() {}

  /** The median of some, over a connection that is open. */
  static double seconds(int port) throws IOException {
    double[] seconds = new double[COUNT];
    for (int i = -COUNT; i < COUNT; i++) { // the first half warms up
      double one = one(port);
      if (i >= 0) {
        seconds[i] = one;
      }
    }
    return Stats.median(seconds);
  }

  private static double one(int port) throws IOException {
    long start = System.nanoTime();
    try (InputStream body = Line.url(port).resolve("/health").toURL().openStream()) {
      body.transferTo(OutputStream.nullOutputStream());
      return Stats.secondsSince(start);
    }
  }
}
