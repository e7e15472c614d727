package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.link.ShapedLink;
import dev.insitu.planner.PlannedModel;
import dev.insitu.planner.PlannedModel.Division;
import dev.insitu.runtime.FusePolicy;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.RuntimeOptions;
import dev.insitu.runtime.Tensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries a plan out that may be divided, or helped until the device answers: its stream comes over
 * a shaped link into the runtime, and what crosses the cut goes to the server over the same link. A
 * slower device is this machine that waits after computing.
 */
final class LinkedRun {

  private static final int WARM_UPS = 5;

  private final Set<Integer> warm = new HashSet<>(); // segments from which on it was asked
  private final Workbench bench;
  private final Depot depot;
  private final PlanPackage pack;
  private final Map<String, Tensor> question;

  LinkedRun(Workbench bench, Depot depot, PlanPackage pack, Map<String, Tensor> question) {
    this.bench = bench;
    this.depot = depot;
    this.pack = pack;
    this.question = question;
  }

  /**
   * Seconds from the asking until all inferences are answered.
   *
   * @param waits seconds after each segment's computing on the device
   */
  double seconds(PlannedModel plan, Line line, double[] waits, int inferences) throws IOException {
    Plan stream = pack.stream(plan);
    depot.open(stream);
    warmUp(plan);
    try (ShapedLink link = line.open(depot.port())) {
      RemotePart remote = new RemotePart(link.port(), stream.model(), pack.digest());
      if (plan.depth() > 0) {
        return computing(plan, stream, link.port(), remote, waits, inferences);
      }
      long start = System.nanoTime();
      for (int i = 0; i < inferences; i++) {
        remote.ask(0, question, plan.division().orElseThrow().bits());
      }
      return Stats.secondsSince(start);
    }
  }

  /** A server opens a part of a model when it is asked for first; others have asked before. */
  private void warmUp(PlannedModel plan) throws IOException {
    Optional<Division> division = plan.division().or(plan::help);
    if (division.isEmpty() || !warm.add(division.get().before())) {
      return;
    }
    int before = division.get().before();
    RemotePart remote = new RemotePart(depot.port(), pack.subject().name(), pack.digest());
    try (PackageFile opened = bench.open(pack.file());
        ProgressiveModel model =
            new ProgressiveModel(
                opened.manifest(), opened, bench.fresh("work"), RuntimeOptions.builder().build())) {
      SubModel whole = SubModel.whole(opened.manifest());
      model.expect(whole, whole);
      whole.indices().forEach(model::arrived);
      Map<String, Tensor> values = before == 0 ? question : model.runUntil(before, question);
      for (int i = 0; i < WARM_UPS; i++) {
        remote.ask(before, values, division.get().bits());
      }
    }
  }

  private double computing(
      PlannedModel plan, Plan stream, int port, RemotePart remote, double[] waits, int inferences)
      throws IOException {
    Map<Digest, ByteBuffer> here = new ConcurrentHashMap<>();
    Manifest view = pack.manifest().atShare(plan.width());
    FusePolicy fuse = plan.fused() ? FusePolicy.ALWAYS : FusePolicy.NEVER;
    try (ProgressiveModel model =
        new ProgressiveModel(
            view,
            (digest, size) -> found(here, digest),
            bench.fresh("work"),
            RuntimeOptions.builder().fusePolicy(fuse).build())) {
      expect(model, view, plan, stream);
      long start = System.nanoTime();
      Thread download =
          Thread.ofPlatform()
              .daemon()
              .name("download")
              .start(() -> download(stream, port, here, model));
      for (int i = 0; i < inferences; i++) {
        answer(model, plan, remote, waits);
      }
      double seconds = Stats.secondsSince(start);
      join(download);
      return seconds;
    }
  }

  private static void expect(
      ProgressiveModel model, Manifest view, PlannedModel plan, Plan stream) {
    SubModel starter =
        SubModel.closureOf(
            view, Range.indices(stream.content().chunks()).limit(stream.starterChunks()));
    SubModel all = SubModel.closureOf(view, Range.indices(stream.content().chunks()));
    if (plan.exit().isPresent()) {
      model.expect(starter, all, plan.depth());
    } else {
      model.expect(starter, all);
    }
  }

  private void answer(ProgressiveModel model, PlannedModel plan, RemotePart remote, double[] waits)
      throws IOException {
    Optional<Division> division =
        model.canAnswer() ? plan.division() : plan.division().or(plan::help);
    if (division.isEmpty()) {
      model.run(question);
      pause(waits, plan.depth());
      return;
    }
    int before = division.get().before();
    Map<String, Tensor> values = before == 0 ? question : model.runUntil(before, question);
    pause(waits, before);
    remote.ask(before, values, division.get().bits());
  }

  private static void pause(double[] waits, int segments) {
    double seconds = Arrays.stream(waits, 0, segments).sum();
    long end = System.nanoTime() + (long) (1e9 * seconds);
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  private static ByteBuffer found(Map<Digest, ByteBuffer> here, Digest digest) throws IOException {
    ByteBuffer bytes = here.get(digest);
    if (bytes == null) {
      throw new IOException("Chunk " + digest.brief() + " has not come.");
    }
    return bytes.duplicate();
  }

  /** Asks for a plan, as a device does, and then for the given one's stream. */
  private void download(
      Plan stream, int port, Map<Digest, ByteBuffer> here, ProgressiveModel model) {
    try {
      URI server = Line.url(port);
      HttpURLConnection post =
          (HttpURLConnection)
              server.resolve("/v1/models/" + stream.model() + "/plan").toURL().openConnection();
      post.setDoOutput(true);
      try (OutputStream body = post.getOutputStream()) {
        body.write(PlanJson.write(Wishes.everything()));
      }
      try (InputStream body = post.getInputStream()) {
        body.transferTo(OutputStream.nullOutputStream());
      }
      URI content = server.resolve("/v1/plans/" + stream.id().hex() + "/content");
      try (InputStream body = new BufferedInputStream(content.toURL().openStream())) {
        body.skipNBytes(stream.manifestBytes());
        for (int number : Range.indices(stream.content().chunks()).toArray()) {
          ChunkSpec chunk = pack.manifest().chunks().get(number);
          here.put(chunk.digest(), ByteBuffer.wrap(body.readNBytes(chunk.size())));
          model.arrived(number);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while chunks came", e);
    }
  }
}
