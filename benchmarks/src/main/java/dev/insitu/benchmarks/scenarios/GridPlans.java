package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Row;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * How long a server takes to plan a sub-model and to send its first byte: from posting the wishes
 * until the byte is here, over HTTP on loopback. The content is then read to its end and counted.
 */
final class GridPlans {

  private static final double MOST_MILLIS = 5;
  private static final int WARM_UPS = 2;

  private final GridPackage grid;
  private final Depot depot;
  private boolean right = true;

  GridPlans(GridPackage grid, Depot depot) {
    this.grid = grid;
    this.depot = depot;
  }

  /**
   * After a start of the server for each, with its manifest still to be read; for the first time
   * since a start; and again.
   */
  List<Row> rows(int rounds) throws IOException {
    for (int i = 0; i < WARM_UPS; i++) {
      grid();
    }
    double[] bound = trips();
    List<Row> rows = new ArrayList<>();
    rows.add(figure("after-start", afterStart(), bound).row(right));
    depot.restart();
    trip(); // the connection
    rows.add(limited("first-time", grid(), bound));
    double[] again = new double[rounds * grid.models().size()];
    for (int round = 0; round < rounds; round++) {
      System.arraycopy(grid(), 0, again, round * grid.models().size(), grid.models().size());
    }
    rows.add(limited("again", again, bound));
    return rows;
  }

  private Row limited(String name, double[] millis, double[] bound) throws IOException {
    return figure(name, millis, bound)
        .with("mostP99", MOST_MILLIS)
        .with("serverMeanOfPlans", planMillis())
        .row(right && Stats.share(0.99, millis) < MOST_MILLIS);
  }

  private Figure figure(String name, double[] millis, double[] bound) {
    return Figure.of("grid/" + grid.subject().name() + "/plan-and-first-byte/" + name, "ms", millis)
        .bound(Stats.median(bound))
        .with("p99", Stats.share(0.99, millis))
        .with("largest", Stats.share(1, millis));
  }

  /** What the server itself says that it took to make a plan, since its start. */
  private double planMillis() throws IOException {
    String metrics;
    try (InputStream body = open("/metrics").getInputStream()) {
      metrics = new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
    return 1e3
        * metric(metrics, "insitu_plan_seconds_sum")
        / metric(metrics, "insitu_plan_seconds_count");
  }

  private static double metric(String metrics, String name) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  private double[] afterStart() throws IOException {
    double[] millis = new double[grid.models().size()];
    for (int i = 0; i < millis.length; i++) {
      depot.restart();
      trip(); // the connection
      millis[i] = millis(grid.models().get(i));
    }
    return millis;
  }

  private double[] grid() throws IOException {
    double[] millis = new double[grid.models().size()];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = millis(grid.models().get(i));
    }
    return millis;
  }

  /** Two requests that take nothing, as a plan and its content are two. */
  private double[] trips() throws IOException {
    double[] millis = new double[grid.models().size()];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = trip() + trip();
    }
    return millis;
  }

  private double trip() throws IOException {
    long start = System.nanoTime();
    try (InputStream body = open("/openapi.json").getInputStream()) {
      body.read();
      double millis = 1e3 * Stats.secondsSince(start);
      body.transferTo(OutputStream.nullOutputStream());
      return millis;
    }
  }

  private double millis(GridModel model) throws IOException {
    byte[] wishes = PlanJson.write(model.wishes());
    long start = System.nanoTime();
    HttpURLConnection post = open("/v1/models/" + grid.subject().name() + "/plan");
    post.setDoOutput(true);
    post.setRequestProperty("Content-Type", "application/json");
    try (OutputStream body = post.getOutputStream()) {
      body.write(wishes);
    }
    byte[] planned;
    try (InputStream body = post.getInputStream()) {
      planned = body.readAllBytes();
    }
    HttpURLConnection get = open(post.getHeaderField("Location"));
    try (InputStream body = get.getInputStream()) {
      int first = body.read();
      double millis = 1e3 * Stats.secondsSince(start);
      long bytes = 1 + body.transferTo(OutputStream.nullOutputStream());
      Plan plan = PlanJson.readPlan(planned);
      right &= first >= 0 && get.getResponseCode() == HttpURLConnection.HTTP_OK;
      right &= bytes == plan.bytes() && plan.chunkBytes() == model.chunks().bytes();
      return millis;
    }
  }

  /** A request by this thread alone; connections are used again. */
  private HttpURLConnection open(String path) throws IOException {
    return (HttpURLConnection) Line.url(depot.port()).resolve(path).toURL().openConnection();
  }
}
