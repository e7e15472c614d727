package dev.insitu.benchmarks.scenarios;

import dev.insitu.device.DeviceOptions;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.HealthCheck;
import dev.insitu.runtime.ModelSlots;
import dev.insitu.runtime.ProgressiveModel;
import dev.insitu.runtime.RuntimeOptions;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A process that swaps two versions of a model under load and prints what it saw as {@code
 * key=figure}. A process of its own, so that its memory is that of the swaps alone.
 */
final class SwapProcess {

  private static final long WARM_UP_MILLIS = 3000;

  /** Swaps come in so many blocks, and before each it is measured how it is without them. */
  private static final int BLOCKS = 10;

  private static final long CALM_MILLIS = 1000;
  private static final int EARLY_SWAP = 100;
  private static final long LONGEST_PAUSE_MILLIS = 25;

  private final List<PackageFile> packs;
  private final List<Map<String, Tensor>> questions;
  private final Path work;
  private final Askers.Load calm = new Askers.Load();
  private final Askers.Load load = new Askers.Load();
  private long buildNanos;
  private long swapNanos;

  private SwapProcess(List<PackageFile> packs, List<Map<String, Tensor>> questions, Path work) {
    this.packs = packs;
    this.questions = questions;
    this.work = work;
  }

  /**
   * Swaps.
   *
   * @param args {@code SWAPS ASKERS KEY WORK PACKAGE1 ONNX1 PACKAGE2 ONNX2 QUESTION...}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Trust trust = Trust.keys(List.of(new Signatures.Key(args[2])));
    List<Map<String, Tensor>> questions = new ArrayList<>();
    for (int i = 8; i < args.length; i++) {
      questions.add(TensorFile.read(Path.of(args[i])));
    }
    List<Root> allowed = new ArrayList<>();
    for (int i = 5; i < 8; i += 2) {
      allowed.add(Root.of(Path.of(args[i]), questions));
    }
    print("apart", Answers.difference(allowed.get(0).all(), allowed.get(1).all()));
    try (PackageFile first = PackageFile.open(Path.of(args[4]), trust);
        PackageFile second = PackageFile.open(Path.of(args[6]), trust)) {
      new SwapProcess(List.of(first, second), questions, Path.of(args[3]))
          .run(Integer.parseInt(args[0]), Integer.parseInt(args[1]), allowed);
    }
  }

  private void run(int swaps, int askerCount, List<Root> allowed)
      throws IOException, InterruptedException {
    ProgressiveModel first = build(0, RuntimeOptions.defaults());
    first.whenFused().join();
    try (ModelSlots slots = new ModelSlots(first, DeviceOptions.DEFAULT_ROLLBACK_WINDOW);
        Askers askers = new Askers(slots, questions, allowed, askerCount)) {
      Thread.sleep(WARM_UP_MILLIS);
      swapAll(swaps, slots, askers);
      print("Baseline", calm.outside());
      print("Outside", load.outside());
      print("Inside", load.inside());
      print("seconds", 1e-9 * swapNanos);
      print("buildShare", (double) buildNanos / swapNanos);
      print("failures", askers.failures());
      print("wrong", askers.wrong());
      if (askers.failures() > 0) {
        System.err.println("The first request that failed: " + askers.firstFailure());
      }
    }
  }

  private void swapAll(int swaps, ModelSlots slots, Askers askers)
      throws IOException, InterruptedException {
    int block = (swaps + BLOCKS - 1) / BLOCKS;
    for (int swap = 1; swap <= swaps; swap++) {
      if (swap % block == 1 || block == 1) {
        askers.count(calm);
        Thread.sleep(CALM_MILLIS);
        askers.count(load);
      }
      long start = System.nanoTime();
      askers.buildBegins();
      swap(slots, swap % 2);
      askers.buildEnds();
      long took = System.nanoTime() - start;
      Thread.sleep(Math.min(LONGEST_PAUSE_MILLIS, took / 1_000_000));
      buildNanos += took;
      swapNanos += System.nanoTime() - start;
      for (String when : moments(swap, swaps)) {
        state(when);
      }
    }
  }

  /** After which swaps it is looked at what is held, and what that is called. */
  private static List<String> moments(int swap, int swaps) {
    List<String> moments = new ArrayList<>();
    if (swap == Math.min(EARLY_SWAP, (swaps + 1) / 2)) {
      moments.add("early");
    }
    if (swap == (swaps + 1) / 2) {
      moments.add("half");
    }
    if (swap == swaps) {
      moments.add("late");
    }
    return moments;
  }

  /** What is held between two swaps. */
  private static void state(String when) throws IOException {
    System.gc();
    ProcessState state = ProcessState.now();
    print(when + "ResidentBytes", state.residentBytes());
    print(when + "Descriptors", state.descriptors());
    print(when + "Mappings", state.mappings());
    print(when + "Threads", state.threads());
  }

  private void swap(ModelSlots slots, int version) throws IOException {
    // as the device SDK builds a version that is to replace the one that serves
    ProgressiveModel candidate = build(version, RuntimeOptions.builder().standby(true).build());
    slots.swapIn(
        candidate,
        HealthCheck.finite(List.of(questions.getFirst())),
        DeviceOptions.DEFAULT_SWAP_LIMIT);
    candidate.whenFused().join();
  }

  private ProgressiveModel build(int version, RuntimeOptions options) throws IOException {
    PackageFile pack = packs.get(version);
    ProgressiveModel model = new ProgressiveModel(pack.manifest(), pack, work, options);
    SubModel whole = SubModel.whole(pack.manifest());
    model.expect(whole, whole);
    whole.indices().forEach(model::arrived);
    return model;
  }

  private static void print(String what, Latencies latencies) {
    print("p99" + what, latencies.millis(0.99));
    print("median" + what, latencies.millis(0.5));
    print("answers" + what, latencies.count());
  }

  private static void print(String key, long figure) {
    print(key, (double) figure);
  }

  private static void print(String key, double figure) {
    System.out.println(key + "=" + String.format(Locale.ROOT, "%.9g", figure));
  }
}
