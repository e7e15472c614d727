package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Request;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.link.BitErrors;
import dev.insitu.link.Cut;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/** Pulls of one package, each disturbed in another way. */
final class ResumeCase implements AutoCloseable {

  private static final double MOST_MEGABITS = 100;
  private static final double LEAST_SECONDS = 3; // for a package, so that there is time to disturb
  private static final double MOST_AGAIN = 0.005;

  /** Below so many bytes of package, what one kill costs is more than that share. */
  private static final long LARGE = 10_000_000;

  private static final Duration REFUSAL = Duration.ofMillis(100);

  private final Workbench bench;
  private final Request request;
  private final Subject subject;
  private final Root root;
  private final Depot depot;
  private final Plan plan;
  private final Set<Long> chunkSizes;
  private final long largestChunk;

  ResumeCase(Workbench bench, Request request, Subject subject) throws IOException {
    this.bench = bench;
    this.request = request;
    this.subject = subject;
    this.root = Root.of(subject.onnx(), subject.questions());
    Path file = bench.pack(subject, "1", List.of());
    this.depot = new Depot(bench);
    depot.publish(file);
    this.plan = depot.plan(subject.name(), Wishes.everything());
    try (PackageFile pack = bench.open(file)) {
      this.chunkSizes =
          pack.manifest().chunks().stream()
              .map(chunk -> (long) chunk.size())
              .collect(Collectors.toUnmodifiableSet());
      this.largestChunk = Collections.max(chunkSizes);
    }
  }

  /** One round of all disturbances, the positions of which come from the seed. */
  void run(long seed, int cuts) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    Line line = Line.of(Math.min(MOST_MEGABITS, 8e-6 * plan.bytes() / LEAST_SECONDS));
    Line cut = line.withCuts(cuts(random, cuts));
    Line flipped = line.withErrors(BitErrors.flip(position(random, 0.3, 0.7), random.nextInt(8)));
    long kill = position(random, 0.2, 0.8);
    long restart = position(random, 0.2, 0.8);
    report("cuts", pull(cut), cuts, again -> again == 0, seed);
    report(
        "kill", pull(line).kill(kill), 0, again -> again <= largestChunk && isSmall(again), seed);
    report("restart", pull(line).restart(restart), 0, this::isSmall, seed);
    report("all", pull(cut).kill(kill).restart(restart), cuts, this::isSmall, seed);
    report("flipped-bit", pull(flipped), 0, chunkSizes::contains, seed);
  }

  /** Whether the bytes that were read a second time are few; always in a small package. */
  private boolean isSmall(long again) {
    return plan.bytes() < LARGE || again <= MOST_AGAIN * plan.bytes();
  }

  private List<Cut> cuts(SplittableRandom random, int count) {
    List<Cut> cuts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      cuts.add(Cut.afterBytes(position(random, 0.02, 0.98)).refusing(REFUSAL));
    }
    return cuts;
  }

  private long position(SplittableRandom random, double from, double to) {
    return random.nextLong((long) (from * plan.bytes()), (long) (to * plan.bytes()));
  }

  private DisturbedPull pull(Line line) {
    return new DisturbedPull(bench, depot, line, subject, plan.bytes());
  }

  /**
   * @param cuts that must have happened
   * @param allowed whether so many bytes may have been read a second time
   */
  private void report(String what, DisturbedPull pull, int cuts, LongPredicate allowed, long seed)
      throws IOException, InterruptedException {
    DisturbedPull.Result result = pull.run();
    double difference = root.difference(result.answers());
    long again = result.reading().content() - plan.bytes();
    double ratio = (double) result.reading().content() / plan.bytes();
    boolean happened = result.disturbed() && result.link().cuts() == cuts;
    request
        .rows()
        .accept(
            Figure.of("resume/" + subject.name() + "/" + what, "content bytes/package", ratio)
                .bound(1)
                .with("packageBytes", plan.bytes())
                .with("contentBytes", result.reading().content())
                .with("readAgainBytes", again)
                .with("largestChunkBytes", largestChunk)
                .with("planAndErrorBytes", result.reading().other())
                .with("socketBytes", result.reading().sockets())
                .with("lostInLinkBytes", result.link().down().lost())
                .with("deliveredByLinkBytes", result.link().down().delivered())
                .with("connections", result.link().connections())
                .with("cuts", result.link().cuts())
                .with("seconds", result.seconds())
                .with("differenceOfAnswers", difference)
                .with("seed", seed)
                .row(happened && allowed.test(again) && difference <= Answers.SAME));
  }

  @Override
  public void close() throws IOException {
    depot.close();
  }
}
