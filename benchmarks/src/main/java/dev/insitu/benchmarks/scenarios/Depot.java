package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.library.Library;
import dev.insitu.library.StoredPackage;
import dev.insitu.server.InsituServer;
import dev.insitu.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

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

  /** The library of the server that runs now. */
  Library library() {
    return server.library();
  }

  /** Bytes of all files of the library. */
  long bytesOnDisk() throws IOException {
    try (Stream<Path> files = Files.walk(library)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sum += Files.size(file);
      }
      return sum;
    }
  }

  /** Lets the server stream a plan of the latest version that it did not make itself. */
  void open(Plan plan) {
    library().open(plan, stored(plan.model()));
  }

  /** What the server answers to wishes for the latest version. */
  Plan plan(String model, Wishes wishes) {
    return maker(stored(model)).plan(wishes);
  }

  /** The sub-model of the latest version that the server would send to a device without any. */
  SubModel choose(StoredPackage stored, Wishes wishes) {
    return maker(stored).choose(wishes);
  }

  /** The latest version of a model. */
  StoredPackage stored(String model) {
    return library().show(model, Optional.empty());
  }

  private PlanMaker maker(StoredPackage stored) {
    return new PlanMaker(
        stored.manifest(), stored.digest(), stored.measured(), library().sizes(stored));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
