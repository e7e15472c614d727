package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.Tensor;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code insitu bench swap}: two versions of a model take turns under constant load; repetitions
 * are swaps. Every answer is compared with those of both versions, in full.
 */
public final class Swap implements Scenario {

  private static final int SWAPS = 1000;
  private static final int ASKERS = 1;
  private static final double CHANGE = 0.05;
  private static final int FEW_BITS_GROUP = 2;
  private static final double MOST_OUTSIDE = 1.2;
  private static final double MOST_INSIDE = 2.5;
  private static final double MOST_MEMORY = 1.05;

  private static final long HEAP_BYTES = 128L << 20;
  private static final long HEAP_FOR_EACH_BYTE = 8;

  @Override
  public String name() {
    return "swap";
  }

  @Override
  public String purpose() {
    return "latency, wrong answers and memory while versions are swapped under load";
  }

  @Override
  public void run(Request request) throws Exception {
    int swaps = request.runs() > 0 ? request.runs() : SWAPS;
    try (Workbench bench = Workbench.open(name())) {
      Subject subject =
          request.model().isPresent()
              ? Subjects.users(request.model().get())
              : Subjects.singleShapes(bench.fresh("shapes")).withoutSamples();
      Path first = bench.pack(subject, "1", List.of());
      Path changed = changed(bench, subject, first, request.seed());
      Subject next = subject.withOnnx(changed);
      List<String> arguments = new ArrayList<>();
      arguments.add(String.valueOf(swaps));
      arguments.add(String.valueOf(ASKERS));
      arguments.add(bench.key().hex());
      arguments.add(bench.fresh("work").toString());
      arguments.add(first.toString());
      arguments.add(subject.onnx().toString());
      arguments.add(bench.pack(next, "2", List.of()).toString());
      arguments.add(changed.toString());
      for (Map<String, Tensor> question : subject.questions()) {
        Path file = bench.fresh("question");
        TensorFile.write(file, question);
        arguments.add(file.toString());
      }
      report(request, "swap/" + subject.name() + "/", swaps, measure(subject, arguments));
    }
  }

  /** Another version: with other weights or, where they cannot be changed, with fewer bits. */
  private static Path changed(Workbench bench, Subject subject, Path first, long seed)
      throws IOException {
    Path changed = bench.fresh("changed.onnx");
    if (FineTuned.isPossible(subject.onnx())) {
      FineTuned.everywhere(subject.onnx(), changed, CHANGE, seed);
      return changed;
    }
    try (PackageFile pack = bench.open(first)) {
      Manifest manifest = pack.manifest();
      SubModel few = SubModel.of(manifest, manifest.segments().size(), FEW_BITS_GROUP);
      new SubModelExporter(bench.fresh("exports")).exportTo(changed, manifest, pack, few);
    }
    return changed;
  }

  private static Seen measure(Subject subject, List<String> arguments)
      throws IOException, InterruptedException {
    // a fixed heap, so that memory that grows is memory that was not given back
    long heap = (HEAP_BYTES + HEAP_FOR_EACH_BYTE * Files.size(subject.onnx())) >> 20;
    List<String> flags = List.of("-Xms" + heap + "m", "-Xmx" + heap + "m", "-XX:+AlwaysPreTouch");
    try (ChildJvm child = ChildJvm.start(SwapProcess.class, flags, arguments)) {
      return child.figures();
    }
  }

  private static void report(Request request, String label, int swaps, Seen seen) {
    double baseline = seen.get("p99Baseline");
    double unanswered = seen.get("failures") + seen.get("wrong");
    boolean distinct = seen.get("apart") > 10 * Answers.SAME;
    request
        .rows()
        .accept(
            Figure.of(label + "failed-or-wrong", "answers", unanswered)
                .with("swaps", swaps)
                .with("failures", seen.get("failures"))
                .with("wrong", seen.get("wrong"))
                .with("answers", seen.get("answersOutside") + seen.get("answersInside"))
                .with("versionsApart", seen.get("apart"))
                .with("seconds", seen.get("seconds"))
                .row(unanswered == 0 && distinct));
    request
        .rows()
        .accept(
            latency(label + "p99-outside-builds", "Outside", seen)
                .row(seen.get("p99Outside") <= MOST_OUTSIDE * baseline));
    request
        .rows()
        .accept(
            latency(label + "p99-inside-builds", "Inside", seen)
                .row(seen.get("p99Inside") <= MOST_INSIDE * baseline));
    request
        .rows()
        .accept(
            Figure.of(label + "resident-memory", "bytes", seen.get("lateResidentBytes"))
                .bound(seen.get("earlyResidentBytes"))
                .with("halfwayResidentBytes", seen.get("halfResidentBytes"))
                .with("earlyMappings", seen.get("earlyMappings"))
                .with("lateMappings", seen.get("lateMappings"))
                .row(
                    seen.get("lateResidentBytes") <= MOST_MEMORY * seen.get("earlyResidentBytes")));
    request
        .rows()
        .accept(
            Figure.of(label + "open-descriptors", "files", seen.get("lateDescriptors"))
                .bound(seen.get("earlyDescriptors"))
                .with("earlyThreads", seen.get("earlyThreads"))
                .with("lateThreads", seen.get("lateThreads"))
                .row(seen.get("lateDescriptors") == seen.get("earlyDescriptors")));
  }

  private static Figure latency(String name, String what, Seen seen) {
    return Figure.of(name, "ms", seen.get("p99" + what))
        .bound(seen.get("p99Baseline"))
        .with("answers", seen.get("answers" + what))
        .with("medianMillis", seen.get("median" + what))
        .with("medianBaselineMillis", seen.get("medianBaseline"))
        .with("buildShare", seen.get("buildShare"));
  }
}
