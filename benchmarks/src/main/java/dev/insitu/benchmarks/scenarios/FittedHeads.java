package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.planning.LeastSquares;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.forge.ExitHead;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import dev.insitu.train.zoo.GraphBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Heads that answer like the model as far as a dense layer on the mean over places can: fitted to
 * its answers by least squares, in a second, without training.
 */
final class FittedHeads {

  private static final double RIDGE = 1e-3;

  private FittedHeads() {}

  /**
   * Heads at cuts spread over the depth.
   *
   * @param bare a package of the model without exits
   * @param count how many
   * @param questions to fit them with
   * @throws IOException if the model is no classifier of pictures
   */
  static List<ExitHead> make(
      Workbench bench, PackageFile bare, Path onnx, int count, List<Map<String, Tensor>> questions)
      throws IOException {
    Manifest manifest = bare.manifest();
    int segments = manifest.segments().size();
    List<float[]> wanted = rows(Answers.of(onnx, questions, Optimisation.ALL));
    List<ExitHead> heads = new ArrayList<>();
    for (int exit = 0; exit < Math.min(count, segments - 1); exit++) {
      int after = (exit + 1) * segments / (count + 1) - 1;
      if (after >= 0) {
        heads.add(new ExitHead(after, head(bench, bare, after, questions, wanted)));
      }
    }
    return heads;
  }

  private static Path head(
      Workbench bench,
      PackageFile bare,
      int after,
      List<Map<String, Tensor>> questions,
      List<float[]> wanted)
      throws IOException {
    String value = bare.manifest().segments().get(after).outputs().getLast();
    Path part = GridHeads.part(bench, bare, after);
    List<float[]> features = new ArrayList<>();
    int[] sizes = {};
    try (GraphRun run = GraphRun.open(part, Optimisation.ALL)) {
      for (Map<String, Tensor> question : questions) {
        Tensor crossing = run.run(question).get(value);
        if (crossing == null || crossing.shape().length != 4) {
          throw new IOException("'" + value + "' that crosses a cut is no picture.");
        }
        sizes = new int[] {size(crossing, 1), size(crossing, 2), size(crossing, 3)};
        features.addAll(means(crossing.floats(), sizes));
      }
    }
    float[][] layer = LeastSquares.fit(features, wanted, RIDGE);
    String name = "exit" + after;
    GraphBuilder graph = new GraphBuilder(name, new SplittableRandom(0));
    graph.input(value, sizes);
    String mean = graph.pool(name + ".pool", value);
    String scores = graph.linear(name + ".scores", mean, layer[0], layer[1]);
    Path file = bench.fresh(name + ".onnx");
    int classes = layer[1].length;
    Files.write(file, graph.output(scores, classes).model("insitu").toByteArray());
    return file;
  }

  private static int size(Tensor tensor, int dimension) {
    return Math.toIntExact(tensor.shape()[dimension]);
  }

  /** Of float[n][c][h][w] the mean over places, float[c] for each sample. */
  private static List<float[]> means(float[] values, int[] sizes) {
    int places = sizes[1] * sizes[2];
    int length = sizes[0] * places;
    List<float[]> means = new ArrayList<>();
    for (int from = 0; from < values.length; from += length) {
      float[] mean = new float[sizes[0]];
      for (int i = 0; i < length; i++) {
        mean[i / places] += values[from + i] / places;
      }
      means.add(mean);
    }
    return means;
  }

  /** Of answers with one output float[n][classes] the rows. */
  private static List<float[]> rows(List<Map<String, Tensor>> answers) throws IOException {
    List<float[]> rows = new ArrayList<>();
    for (Map<String, Tensor> answer : answers) {
      Tensor scores = answer.values().iterator().next();
      if (answer.size() != 1 || scores.shape().length != 2) {
        throw new IOException("The model is no classifier.");
      }
      float[] values = scores.floats();
      int classes = size(scores, 1);
      for (int from = 0; from < values.length; from += classes) {
        rows.add(Arrays.copyOfRange(values, from, from + classes));
      }
    }
    return rows;
  }
}
