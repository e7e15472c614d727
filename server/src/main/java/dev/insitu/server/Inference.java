package dev.insitu.server;

import dev.insitu.library.Library;
import dev.insitu.server.inference.InferenceOptions;
import dev.insitu.server.inference.PartPool;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** The server's inference with its threads: engine calls would block the threads of everybody. */
final class Inference implements AutoCloseable {

  private final ExecutorService opening =
      Executors.newSingleThreadExecutor(threads("insitu-open")); // each takes a model's memory
  private final ExecutorService computing;
  private final PartPool pool;
  private final InferenceEndpoints endpoints;

  /**
   * @param executor runs requests, which wait in it until they are answered
   */
  Inference(
      Library library, InferenceOptions options, ExecutorService executor, ServerMetrics metrics) {
    this.computing = Executors.newFixedThreadPool(options.runners(), threads("insitu-infer"));
    this.pool = new PartPool(options, opening, computing, System::nanoTime);
    this.endpoints =
        new InferenceEndpoints(
            library,
            options,
            pool,
            new PartOpener(library, options.bits(), library.directory().resolve("exports")),
            new Computing(executor, metrics));
    metrics.gauge("insitu.inference.parts", "parts of models kept open", pool::size);
    metrics.gauge("insitu.inference.bytes", "memory of these, as estimated", pool::bytes);
    metrics.count("insitu.inference.requests", "requests computed", pool, PartPool::requests);
    metrics.count("insitu.inference.samples", "samples computed", pool, PartPool::samples);
    metrics.count(
        "insitu.inference.batches", "batches they were computed in", pool, PartPool::batches);
  }

  private static ThreadFactory threads(String name) {
    return Thread.ofPlatform().daemon().name(name, 0).factory();
  }

  List<Route> routes() {
    return endpoints.routes();
  }

  /** Called when no request is worked on any more. */
  @Override
  public void close() {
    pool.close();
    opening.close();
    computing.close();
  }
}
