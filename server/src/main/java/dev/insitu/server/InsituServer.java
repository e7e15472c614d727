package dev.insitu.server;

import dev.insitu.library.Library;
import dev.insitu.server.Route.Metering;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SSLEngineOptions;
import java.io.IOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A running server. */
public final class InsituServer implements AutoCloseable {

  private static final int IDLE_SECONDS = 600;

  /** Kept, because the platform forgets the level of a logger that nobody holds. */
  private static final Logger CONNECTIONS =
      Logger.getLogger("io.vertx.core.net.impl.VertxConnection");

  static {
    CONNECTIONS.setLevel(Level.OFF); // it reports every client that goes away as a failure
  }

  private final ServerOptions options;
  private final Library library;
  private final Vertx vertx;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final ServerMetrics metrics = new ServerMetrics();
  private final Computing computing = new Computing(executor, metrics);
  private final RunningStreams streams = new RunningStreams();
  private final Candidates candidates;
  private final ExportEndpoints exports;
  private final Optional<Inference> inference;
  private List<Route> routes = List.of();
  private final List<HttpServer> listeners = new CopyOnWriteArrayList<>();

  private InsituServer(ServerOptions options, Library library) {
    this.options = options;
    this.library = library;
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(loops())
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    this.candidates = new Candidates(options.planning());
    metrics.gauge("insitu.planning.bytes", "of packages ready for decisions", candidates::bytes);
    this.exports = new ExportEndpoints(library, new ContentSender(metrics), options.exporter());
    this.inference = options.inference().map(how -> new Inference(library, how, executor, metrics));
    metrics.gauge("insitu.plans.open", "plans whose content can be read", library::openPlans);
    metrics.gauge("insitu.library.chunks", "chunks stored", library::chunkCount);
    metrics.gauge("insitu.library.bytes", "bytes of pack files", library::bytes);
  }

  /** Of plans' bodies at a time: what is read from them takes several times as much. */
  private static long mostBodyBytes() {
    return Math.max(4L * PlanEndpoints.MAX_WISHES, Runtime.getRuntime().maxMemory() / 16);
  }

  private static int loops() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Opens the library and listens.
   *
   * @throws IOException if the address cannot be listened on or the library not be read
   * @throws dev.insitu.library.LibraryException if another process has the library open
   */
  public static InsituServer start(ServerOptions options) throws IOException {
    Library library = Library.open(options.library());
    InsituServer server = new InsituServer(options, library);
    try {
      server.listen();
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void listen() throws IOException {
    routes = makeRoutes();
    Metering shared = new Metering(new ByteBudget(mostBodyBytes()), computing);
    Router router = new Router(routes, shared, options.bodyPatience(), metrics);
    DeploymentOptions deployment = new DeploymentOptions().setInstances(loops());
    try {
      vertx
          .deployVerticle(() -> new Listener(router), deployment)
          .toCompletionStage()
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      throw refusal(Objects.requireNonNullElse(e.getCause(), e));
    }
  }

  private IOException refusal(Throwable cause) {
    String address = options.host() + ":" + options.port();
    String hint =
        cause instanceof BindException
            ? "another program listens there: choose another port."
            : "the address or the TLS files are wrong.";
    return new IOException(
        "The server cannot listen on " + address + ": " + cause.getMessage() + ".\nMaybe " + hint,
        cause);
  }

  /** Everything the server answers. */
  List<Route> routes() {
    return routes;
  }

  private List<Route> makeRoutes() throws IOException {
    ContentSender sender = new ContentSender(metrics);
    Uploads uploads = new Uploads(vertx, library.directory().resolve("incoming"));
    List<Route> all = new ArrayList<>();
    all.addAll(new PlanEndpoints(library, sender, streams, metrics).routes());
    all.addAll(new DecisionEndpoints(library, candidates, computing, metrics).routes());
    all.addAll(new OciEndpoints(library, sender, computing).routes());
    all.addAll(new ModelEndpoints(library, sender).routes());
    all.addAll(exports.routes());
    all.addAll(new AdminEndpoints(library, options, computing, uploads).routes());
    all.addAll(new InfoEndpoints(library, metrics).routes());
    all.addAll(inference.map(Inference::routes).orElseGet(InferenceEndpoints::switchedOff));
    return List.copyOf(all);
  }

  /** One of the connections' threads with its listener; all share the port. */
  private final class Listener extends AbstractVerticle {
    private final Router router;

    Listener(Router router) {
      this.router = router;
    }

    @Override
    public void start(Promise<Void> started) {
      HttpServer server = vertx.createHttpServer(http());
      server
          .requestHandler(router::handle)
          .listen(sharedPort(), options.host())
          .onSuccess(listeners::add)
          .<Void>mapEmpty()
          .onComplete(started);
    }
  }

  /** Any free port, but one for all listeners, is -1 here. */
  private int sharedPort() {
    return options.port() == 0 ? -1 : options.port();
  }

  private HttpServerOptions http() {
    HttpServerOptions http =
        new HttpServerOptions()
            .setTcpNoDelay(true)
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setHttp2ClearTextEnabled(false)
            .setMaxInitialLineLength(8192)
            .setMaxHeaderSize(32_768);
    options
        .tls()
        .ifPresent(tls ->
            http.setSsl(true)
                .setSslEngineOptions(sslEngine())
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .setCertPath(tls.certificate().toString())
                        .setKeyPath(tls.key().toString())));
    return http;
  }

  /**
   * The native engine takes a fraction of the JDK's processor time per byte, where its library is
   * there.
   */
  private static SSLEngineOptions sslEngine() {
    return OpenSSLEngineOptions.isAvailable()
        ? new OpenSSLEngineOptions()
        : new JdkSSLEngineOptions();
  }

  /** The port listened on. */
  public int port() {
    return listeners.getFirst().actualPort();
  }

  /** The address of the server. */
  public String url() {
    return (options.tls().isPresent() ? "https" : "http") + "://" + options.host() + ":" + port();
  }

  /** The library behind it, open as long as the server is. */
  public Library library() {
    return library;
  }

  /**
   * Takes no new connections, lets running streams go on for the grace time, then closes
   * everything.
   */
  @Override
  public void close() throws IOException {
    for (HttpServer listener : listeners) {
      await(listener.shutdown(options.grace().toMillis(), TimeUnit.MILLISECONDS));
    }
    await(vertx.close());
    executor.close();
    inference.ifPresent(Inference::close);
    exports.close();
    metrics.close();
    library.close();
  }

  private static void await(io.vertx.core.Future<?> future) {
    future.toCompletionStage().toCompletableFuture().exceptionally(failure -> null).join();
  }
}
