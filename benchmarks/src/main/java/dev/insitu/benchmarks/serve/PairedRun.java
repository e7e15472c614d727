package dev.insitu.benchmarks.serve;

import dev.insitu.cli.Scenario.Request;
import dev.insitu.cli.Scenario.Row;
import dev.insitu.server.InsituServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Measures one server and nginx by turns, on the same bytes. */
final class PairedRun implements AutoCloseable {

  private static final int WARM_UP_SECONDS = 5;
  private static final int SECONDS = 2;

  private final InsituServer server;
  private final Nginx nginx;
  private final Path served;
  private final boolean tls;
  private final HttpClient client;
  private final int pairs;
  private final Request request;

  PairedRun(
      InsituServer server,
      Nginx nginx,
      Path served,
      Optional<TlsPair> tls,
      int pairs,
      Request request)
      throws IOException, GeneralSecurityException {
    this.server = server;
    this.nginx = nginx;
    this.served = served;
    this.tls = tls.isPresent();
    this.client =
        tls.isPresent()
            ? HttpClient.newBuilder().sslContext(tls.get().context()).build()
            : HttpClient.newHttpClient();
    this.pairs = pairs;
    this.request = request;
  }

  /** Compares bytes, warms up, then measures in pairs and gives two rows. */
  void measure(String name, String path, int connections, double target)
      throws IOException, InterruptedException {
    Path file = served.resolve(name);
    String scheme = tls ? "https" : "http";
    String ours = server.url() + path;
    String peer = scheme + "://127.0.0.1:" + nginx.port() + "/" + name;
    if (!Files.exists(file)) {
      download(ours, file);
    }
    boolean same = equal(peer, file) && equal(ours, file);
    Wrk.run(ours, connections, WARM_UP_SECONDS);
    Wrk.run(peer, connections, 1);
    Samples samples = new Samples(pairs);
    for (int pair = 0; pair < pairs; pair++) {
      samples.add(pair, ours, peer, connections, Files.size(file));
    }
    String row = (tls ? "serve/tls/" : "serve/") + name;
    request.rows().accept(samples.rates(row, same, target));
    request.rows().accept(samples.cpu(row + "/cpu", same));
  }

  @Override
  public void close() {
    client.close();
  }

  private void download(String url, Path file) throws IOException, InterruptedException {
    HttpResponse<Path> response =
        client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofFile(file));
    if (response.statusCode() != 200) {
      throw new IOException(url + " answers " + response.statusCode() + ".");
    }
  }

  private boolean equal(String url, Path file) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body();
        InputStream expected = Files.newInputStream(file)) {
      while (true) {
        byte[] a = body.readNBytes(1 << 20);
        if (!Arrays.equals(a, expected.readNBytes(1 << 20))) {
          return false;
        }
        if (a.length == 0) {
          return true;
        }
      }
    }
  }

  /** What the pairs gave. */
  private final class Samples {
    private final double[] ours;
    private final double[] peer;
    private final double[] ratios;
    private final double[] oursCpu;
    private final double[] peerCpu;

    Samples(int count) {
      ours = new double[count];
      peer = new double[count];
      ratios = new double[count];
      oursCpu = new double[count];
      peerCpu = new double[count];
    }

    /** Which goes first changes with every pair. */
    void add(int pair, String oursUrl, String peerUrl, int connections, long bytes)
        throws IOException, InterruptedException {
      if (pair % 2 == 0) {
        oursOnce(pair, oursUrl, connections, bytes);
      }
      Duration before = nginx.cpu();
      Wrk.Count count = Wrk.run(peerUrl, connections, SECONDS);
      peer[pair] = count.perSecond();
      peerCpu[pair] = perGigabyte(nginx.cpu().minus(before), count, bytes);
      if (pair % 2 == 1) {
        oursOnce(pair, oursUrl, connections, bytes);
      }
      ratios[pair] = ours[pair] / peer[pair];
    }

    private void oursOnce(int pair, String url, int connections, long bytes)
        throws IOException, InterruptedException {
      Duration before = ownCpu();
      Wrk.Count count = Wrk.run(url, connections, SECONDS);
      ours[pair] = count.perSecond();
      oursCpu[pair] = perGigabyte(ownCpu().minus(before), count, bytes);
    }

    private static Duration ownCpu() {
      return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static double perGigabyte(Duration cpu, Wrk.Count count, long bytes) {
      return cpu.toNanos() / ((double) Math.max(1, count.requests()) * bytes);
    }

    Row rates(String name, boolean same, double target) {
      double ratio = median(ratios);
      boolean ok = same && (tls || ratio >= target);
      Map<String, Object> details =
          Map.of("sameBytes", same, "ratioOfPairs", ratio, "targetRatio", tls ? 0.0 : target);
      return new Row(
          name,
          "requests/s",
          median(ours),
          OptionalDouble.empty(),
          OptionalDouble.of(median(peer)),
          pairs,
          spread(ratios),
          ok,
          details);
    }

    Row cpu(String name, boolean same) {
      return new Row(
          name,
          "s/GB",
          median(oursCpu),
          OptionalDouble.empty(),
          OptionalDouble.of(median(peerCpu)),
          pairs,
          spread(oursCpu),
          same,
          Map.of());
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** (largest - smallest) / median. */
  private static double spread(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[sorted.length - 1] - sorted[0]) / median(values);
  }
}
