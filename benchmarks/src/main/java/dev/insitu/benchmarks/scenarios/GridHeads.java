package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.forge.ExitHead;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import dev.insitu.server.SubModelExporter;
import dev.insitu.train.zoo.GraphBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Heads with random weights: what they cost is that of trained ones, what they say is not. */
final class GridHeads {

  private static final int PICTURE = 4;

  private GridHeads() {}

  /**
   * Heads at cuts spread over the depth.
   *
   * @param bare a package of the model without exits
   * @param most how many at most
   * @throws IOException if the model is no classifier of pictures
   */
  static List<ExitHead> make(
      Workbench bench, PackageFile bare, Subject subject, int most, long seed) throws IOException {
    Manifest manifest = bare.manifest();
    int cuts = manifest.segments().size() - 1;
    int count = Math.min(most, cuts);
    int classes = classes(subject);
    List<ExitHead> heads = new ArrayList<>();
    for (int exit = 0; exit < count; exit++) {
      int after = (exit + 1) * (cuts + 1) / (count + 1) - 1;
      heads.add(new ExitHead(after, head(bench, bare, subject, after, classes, seed)));
    }
    return heads;
  }

  /** The model up to a segment, as a file. */
  static Path part(Workbench bench, PackageFile bare, int after) throws IOException {
    Manifest manifest = bare.manifest();
    Path part = bench.fresh("part.onnx");
    new SubModelExporter(bench.fresh("parts"))
        .exportPart(part, manifest, bare, SubModel.whole(manifest), 0, after + 1);
    return part;
  }

  private static int classes(Subject subject) throws IOException {
    Map<String, Tensor> answer =
        Answers.of(subject.onnx(), List.of(subject.question()), Optimisation.BASIC).getFirst();
    long[] shape = answer.values().iterator().next().shape();
    if (answer.size() != 1 || shape.length != 2) {
      throw new IOException(
          subject.name() + " is no classifier: it answers with " + Arrays.toString(shape) + ".");
    }
    return (int) shape[1];
  }

  /** Mean over places and one dense layer, on what crosses the cut. */
  private static Path head(
      Workbench bench, PackageFile bare, Subject subject, int after, int classes, long seed)
      throws IOException {
    String value = bare.manifest().segments().get(after).outputs().getLast();
    Path part = part(bench, bare, after);
    int[] sizes = sizes(part, value, subject);
    String name = "exit" + after;
    GraphBuilder graph = new GraphBuilder(name, new SplittableRandom(seed + after));
    graph.input(value, sizes);
    String mean = graph.pool(name + ".pool", value);
    String scores = graph.linear(name + ".scores", mean, sizes[0], classes);
    Path file = bench.fresh(name + ".onnx");
    Files.write(file, graph.output(scores, classes).model("insitu").toByteArray());
    return file;
  }

  /** Channels, height and width of what crosses a cut. */
  static int[] sizes(Path part, String value, Subject subject) throws IOException {
    long[] shape = {};
    try (GraphRun run = GraphRun.open(part, Optimisation.BASIC)) {
      Tensor crossing = run.run(subject.question()).get(value);
      if (crossing != null) {
        shape = crossing.shape();
      }
    }
    if (shape.length != PICTURE) {
      throw new IOException(
          "'" + value + "' crosses a cut with shape " + Arrays.toString(shape) + ", no picture's.");
    }
    return Arrays.stream(shape).skip(1).mapToInt(Math::toIntExact).toArray();
  }
}
