package dev.insitu.device;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.library.StoredPackage;
import dev.insitu.link.LinkProfile;
import dev.insitu.link.ShapedLink;
import dev.insitu.runtime.Tensor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Prints how long the first answer takes beside its bound, three round trips and the bytes at the
 * link's rate. Run by hand:
 *
 * <pre>{@code
 * java -cp ... dev.insitu.device.FirstAnswerFigure [layers] [n] [bit/s] [one-way ms] [runs]
 * }</pre>
 */
final class FirstAnswerFigure {

  private FirstAnswerFigure() {}

  /** Prints one line for each run. */
  public static void main(String[] args) throws Exception {
    int layers = args.length > 0 ? Integer.parseInt(args[0]) : 11;
    int n = args.length > 1 ? Integer.parseInt(args[1]) : 1024;
    long rate = args.length > 2 ? Long.parseLong(args[2]) : 20_000_000;
    Duration delay = Duration.ofMillis(args.length > 3 ? Integer.parseInt(args[3]) : 10);
    int runs = args.length > 4 ? Integer.parseInt(args[4]) : 5;
    Path scratch = Files.createTempDirectory("first-answer");
    TestPackage model = TestPackage.random("big", "1", layers, n, 1);
    try (RealServer server = RealServer.start(scratch.resolve("server"));
        PackageFile file = server.publish(model)) {
      StoredPackage stored = server.library().show("big", Optional.empty());
      Plan plan =
          new PlanMaker(
                  stored.manifest(),
                  stored.digest(),
                  stored.measured(),
                  server.library().sizes(stored))
              .plan(Wishes.everything());
      double bytes = plan.manifestBytes() + plan.starterBytes();
      double bound = 3 * 2 * delay.toNanos() * 1e-6 + bytes * 8000 / rate;
      System.out.printf(
          "manifest %d B, starter %d B, package %d B, bound %.1f ms%n",
          plan.manifestBytes(), plan.starterBytes(), file.manifest().chunkBytes(), bound);
      for (int run = 0; run < runs; run++) {
        try (ShapedLink link =
            ShapedLink.to("127.0.0.1", server.port())
                .down(LinkProfile.constant(rate, delay))
                .up(LinkProfile.constant(rate, delay))
                .open()) {
          System.out.printf(
              "run %d: %s%n", run, time(scratch, link.port(), model, run, bound, (long) bytes));
        }
      }
    }
  }

  private static String time(
      Path scratch, int port, TestPackage model, int run, double bound, long starter)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port);
    Map<String, Tensor> inputs = Map.of("v0", Tensor.of(new float[model.n], 1, model.n));
    long start = System.nanoTime();
    try (Insitu insitu = Insitu.open(scratch.resolve("device" + run), uri, Trust.anybody())) {
      Model pulled = insitu.model("big").pull();
      double called = (System.nanoTime() - start) * 1e-6;
      double[] moments = new double[3];
      Thread watching =
          new Thread(() -> {
            long[] marks = {1, 20_000, starter};
            for (int i = 0; i < marks.length; i++) {
              while (pulled.counters().received() < marks[i]) {
                Eventually.pause(1);
              }
              moments[i] = (System.nanoTime() - start) * 1e-6;
            }
          });
      watching.start();
      pulled.run(inputs);
      double millis = (System.nanoTime() - start) * 1e-6;
      watching.join();
      System.out.printf(
          "  called %.1f, first byte %.1f, 20 kB %.1f, starter %.1f, answer %.1f ms%n",
          called, moments[0], moments[1], moments[2], millis);
      return String.format(
          "%.1f ms, %.3f x bound, %.1f ms over, %s",
          millis, millis / bound, millis - bound, pulled.counters());
    }
  }
}
