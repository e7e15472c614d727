package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.library.Library;
import dev.insitu.library.StoredPackage;
import dev.insitu.server.InsituServer;
import dev.insitu.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A library and its server on loopback. For one thread. */
final class Depot implements AutoCloseable {

  private final Workbench bench;
  private final Path library;
  private InsituServer server;

  Depot(Workbench bench) throws IOException {
    this.bench = bench;
    this.library = bench.fresh("library");
    this.server = start(0);
  }

  private InsituServer start(int port) throws IOException {
    return InsituServer.start(
        ServerOptions.of(library).withPort(port).withTrust(bench.trust()).withGrace(Duration.ZERO));
  }

  /** Ends all connections and begins anew on the same port. */
  void restart() throws IOException {
    int port = port();
    server.close();
    server = start(port);
  }

  int port() {
    return server.port();
  }

  void publish(Path file) throws IOException {
    try (PackageFile opened = bench.open(file)) {
      server.library().publish(opened);
    }
  }

  /** What the server answers to wishes for the latest version. */
  Plan plan(String model, Wishes wishes) {
    Library shelves = server.library();
    StoredPackage stored = shelves.show(model, Optional.empty());
    return new PlanMaker(
            stored.manifest(), stored.digest(), stored.measured(), shelves.sizes(stored))
        .plan(wishes);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
