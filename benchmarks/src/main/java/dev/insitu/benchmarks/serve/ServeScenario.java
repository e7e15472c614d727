package dev.insitu.benchmarks.serve;

import dev.insitu.cli.Scenario;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.elastic.plan.Wishes.Held;
import dev.insitu.library.Library;
import dev.insitu.library.StoredPackage;
import dev.insitu.server.InsituServer;
import dev.insitu.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Serves from loopback, in pairs with nginx on the same bytes: a chunk, plans' streams of several
 * sizes, a stream whose chunks lie apart, and TLS. Needs nginx and wrk.
 *
 * <pre>./insitu bench serve</pre>
 */
public final class ServeScenario implements Scenario {

  private static final int DEFAULT_PAIRS = 7;
  private static final int MIB = 1 << 20;

  @Override
  public String name() {
    return "serve";
  }

  @Override
  public String purpose() {
    return "requests per second and processor seconds per GB beside nginx with sendfile";
  }

  @Override
  public void run(Request request) throws Exception {
    int pairs = request.runs() == 0 ? DEFAULT_PAIRS : request.runs();
    Path scratch = Files.createTempDirectory("insitu-serve");
    try {
      Path served = Files.createDirectories(scratch.resolve("served"));
      TlsPair tls = TlsPair.make(scratch);
      measure(request, pairs, scratch, served, Optional.empty());
      request.notes().accept("The same over TLS.");
      measure(request, pairs, scratch, served, Optional.of(tls));
    } finally {
      delete(scratch);
    }
  }

  private static void measure(
      Request request, int pairs, Path scratch, Path served, Optional<TlsPair> tls)
      throws Exception {
    ServerOptions plain = ServerOptions.of(scratch.resolve("library")).withPort(0);
    ServerOptions options =
        tls.map(pair -> plain.withTls(pair.certificate(), pair.key())).orElse(plain);
    try (InsituServer server = InsituServer.start(options);
        Nginx nginx = Nginx.start(scratch, served, tls);
        PairedRun run = new PairedRun(server, nginx, served, tls, pairs, request)) {
      for (Content content : contents(request.seed())) {
        if (tls.isEmpty() || content.name().endsWith("4-mib")) {
          run.measure(
              content.name(),
              path(server.library(), content, scratch),
              content.connections(),
              content.target());
        }
      }
    }
  }

  /**
   * Something to serve.
   *
   * @param name in the row
   * @param chunks how many
   * @param chunkBytes bytes of each
   * @param kind which of them, and how they are asked for
   * @param connections of wrk
   * @param target least ratio to nginx
   */
  private record Content(
      String name,
      int chunks,
      int chunkBytes,
      Kind kind,
      int connections,
      double target,
      long seed) {}

  private enum Kind {
    /** One chunk by its digest. */
    BLOB,
    /** All chunks as a plan's stream, without the manifest. */
    STREAM,
    /** Manifest and all chunks as a plan's stream. */
    PLAN,
    /** Every second chunk as a plan's stream. */
    APART
  }

  private static List<Content> contents(long seed) {
    return List.of(
        new Content("blob-64-kib", 64, 64 << 10, Kind.BLOB, 16, 0.9, seed),
        new Content("stream-4-mib", 4, MIB, Kind.STREAM, 8, 0.85, seed + 1),
        new Content("stream-256-mib", 256, MIB, Kind.STREAM, 2, 0.9, seed + 2),
        new Content("plan-of-160-chunks", 160, 128 << 10, Kind.PLAN, 8, 0.8, seed + 3),
        new Content("plan-of-160-chunks-apart", 320, 128 << 10, Kind.APART, 8, 0.8, seed + 4));
  }

  /** Publishes the content, once, and gives the path it is served at. */
  private static String path(Library library, Content content, Path scratch) throws IOException {
    String name = content.name();
    if (library.list().stream().noneMatch(version -> version.name().equals(name))) {
      Path file = scratch.resolve(name + ".insitu");
      new RandomPackage(name, content.chunks(), content.chunkBytes(), content.seed()).write(file);
      try (PackageFile pack = PackageFile.open(file, Trust.anybody())) {
        library.publish(pack);
      }
      Files.delete(file);
    }
    StoredPackage stored = library.show(name, Optional.empty());
    ChunkSpec first = stored.manifest().chunks().getFirst();
    return switch (content.kind()) {
      case BLOB -> "/v2/" + name + "/blobs/" + first.digest();
      case PLAN -> open(library, stored, Wishes.everything());
      case STREAM -> open(library, stored, holding(stored, List.of()));
      case APART -> open(library, stored, holding(stored, everySecond(content.chunks())));
    };
  }

  private static List<Range> everySecond(int chunks) {
    return Range.of(IntStream.range(0, chunks).filter(chunk -> chunk % 2 == 1));
  }

  private static Wishes holding(StoredPackage stored, List<Range> chunks) {
    return Wishes.everything().withHeld(new Held(stored.digest(), chunks));
  }

  private static String open(Library library, StoredPackage stored, Wishes wishes) {
    Plan plan =
        new PlanMaker(stored.manifest(), stored.digest(), stored.measured(), library.sizes(stored))
            .plan(wishes);
    Digest id = library.open(plan, stored).id();
    return "/v1/plans/" + id.hex() + "/content";
  }

  private static void delete(Path directory) throws IOException {
    List<Path> paths = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      walk.forEach(paths::addFirst);
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }
}
