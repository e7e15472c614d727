package dev.insitu.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What the server counts, in the form Prometheus reads. Labels are routes and status codes, never
 * names from outside.
 */
final class ServerMetrics {

  private static final Logger LOG = System.getLogger(ServerMetrics.class.getPackageName());

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Answered, Counter> requests = new ConcurrentHashMap<>();
  private final LongAdder sent = new LongAdder();
  private final AtomicInteger streams = new AtomicInteger();
  private final Timer planTime;

  private record Answered(String route, int status) {}

  ServerMetrics() {
    planTime = Timer.builder("insitu.plan").description("time to make a plan").register(registry);
    gauge("insitu.streams.open", "bodies being sent", streams::get);
    FunctionCounter.builder("insitu.sent.bytes", sent, LongAdder::sum)
        .description("bytes of bodies handed to connections")
        .register(registry);
  }

  /** Adds a value that is read when asked for. */
  void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  /** Adds a number that only grows; it is read when asked for, as long as its owner is there. */
  <T> void count(String name, String description, T counted, ToDoubleFunction<T> value) {
    FunctionCounter.builder(name, counted, value).description(description).register(registry);
  }

  /** Counts a request by its route and status once it is answered. */
  void track(HttpServerRequest request, String route) {
    request
        .response()
        .endHandler(ignored ->
            counter(new Answered(route, request.response().getStatusCode())).increment());
  }

  private Counter counter(Answered answered) {
    return requests.computeIfAbsent(
        answered,
        key ->
            Counter.builder("insitu.requests")
                .description("requests answered")
                .tags(Tags.of("route", key.route(), "status", Integer.toString(key.status())))
                .register(registry));
  }

  Timer planTime() {
    return planTime;
  }

  void streamStarted() {
    streams.incrementAndGet();
  }

  void streamEnded(long bytes) {
    streams.decrementAndGet();
    sent.add(bytes);
  }

  /**
   * Tells whoever keeps the server of its own failures; not of what clients did wrong, nor of what
   * it never does or not now.
   */
  void failed(Problem problem, Throwable failure) {
    boolean ownFailure =
        problem.status() >= 500 && problem.status() != 501 && problem.status() != 503;
    if (ownFailure) {
      LOG.log(Level.ERROR, problem.code() + ": " + problem.detail(), failure);
    }
  }

  /** All values in the Prometheus text format. */
  String scrape() {
    return registry.scrape();
  }

  void close() {
    registry.close();
  }
}
