package dev.insitu.device;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.forge.ExitHead;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.ForgeProgress;
import dev.insitu.library.Library;
import dev.insitu.planner.ServerSide;
import dev.insitu.server.InsituServer;
import dev.insitu.server.Planning;
import dev.insitu.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The product's own server, with packages made by the product's own forge. */
final class RealServer implements AutoCloseable {

  private final Path scratch;
  private InsituServer server;
  private boolean closed;

  private RealServer(Path scratch, InsituServer server) {
    this.scratch = scratch;
    this.server = server;
  }

  static RealServer start(Path scratch) throws IOException {
    return new RealServer(scratch, InsituServer.start(options(scratch, 0)));
  }

  private static ServerOptions options(Path scratch, int port) {
    return ServerOptions.of(scratch.resolve("library"))
        .withPort(port)
        .withPlanning(Planning.DEFAULT.withServer(new ServerSide(1e12, 1e-4)))
        .withGrace(Duration.ofMillis(100));
  }

  /** Packs and publishes a chain of products; earlier packages give it differences. */
  PackageFile publish(
      TestPackage model, List<PackageFile> bases, Optional<Function<Digest, Signed>> signer)
      throws IOException {
    return publish(model, bases, signer, List.of());
  }

  /** As above, with heads. */
  PackageFile publish(
      TestPackage model,
      List<PackageFile> bases,
      Optional<Function<Digest, Signed>> signer,
      List<ExitHead> exits)
      throws IOException {
    return publish(model, bases, signer, exits, List.of());
  }

  /** As above, with narrower widths. */
  PackageFile publish(
      TestPackage model,
      List<PackageFile> bases,
      Optional<Function<Digest, Signed>> signer,
      List<ExitHead> exits,
      List<Double> widths)
      throws IOException {
    return publish(
        model, options -> options.withBases(bases).withExits(exits).withWidths(widths), signer);
  }

  /** As above, with any options. */
  PackageFile publish(
      TestPackage model, UnaryOperator<ForgeOptions> how, Optional<Function<Digest, Signed>> signer)
      throws IOException {
    Path onnx = scratch.resolve(model.name + "-" + model.version + ".onnx");
    Path target = scratch.resolve(model.name + "-" + model.version + ".insitu");
    Files.write(onnx, TestOnnx.whole(model.weights, model.n));
    ForgeOptions options = how.apply(ForgeOptions.of(model.name, model.version));
    Forge.pack(onnx, target, signer.map(options::withSigner).orElse(options), ForgeProgress.NONE);
    PackageFile file = PackageFile.open(target, Trust.anybody());
    server.library().publish(file);
    return file;
  }

  PackageFile publish(TestPackage model) throws IOException {
    return publish(model, List.of(), Optional.empty());
  }

  Library library() {
    return server.library();
  }

  int port() {
    return server.port();
  }

  URI uri() {
    return URI.create(server.url());
  }

  /** Stops the server and starts another one at the same address. */
  void restart() throws IOException {
    int port = server.port();
    server.close();
    List<IOException> problems = new ArrayList<>();
    for (int attempt = 0; attempt < 50; attempt++) {
      try {
        server = InsituServer.start(options(scratch, port));
        return;
      } catch (IOException e) {
        problems.add(e); // the port may be taken for a moment
        Eventually.pause(20);
      }
    }
    throw problems.get(0);
  }

  /** Can be called again. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      server.close();
    }
  }
}
