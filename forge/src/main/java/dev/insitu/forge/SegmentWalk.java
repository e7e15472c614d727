package dev.insitu.forge;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs sub-models one segment at a time, all batches through a segment before the next is made: the
 * memory is that of the largest segment and of the values that cross its ends.
 */
final class SegmentWalk {

  private static final int WARM_UPS = 3;
  private static final int TIMED_RUNS = 9;

  /** Bytes of weights of which a second form, for faster runs, may take memory too. */
  private static final long SMALL_SEGMENT = 64L << 20;

  private final Manifest manifest;
  private final ChunkSource chunks;
  private final Path directory;

  /**
   * @param directory for temporary files of a segment's size
   */
  SegmentWalk(Manifest manifest, ChunkSource chunks, Path directory) {
    this.manifest = manifest;
    this.chunks = chunks;
    this.directory = directory;
  }

  /**
   * Runs a sub-model.
   *
   * @param batches the model's inputs; afterwards only its outputs are there
   * @throws InferenceException if the engine refuses the model or its inputs
   */
  void run(SubModel model, List<Map<String, Tensor>> batches) throws IOException {
    run(manifest.segments(), model, batches);
  }

  /** As {@link #run}, with the heads of all exits: afterwards their outputs are there too. */
  void runWithExits(SubModel model, List<Map<String, Tensor>> batches) throws IOException {
    run(withHeads(), model, batches);
  }

  /** The same chunks at another width of the package. */
  SegmentWalk at(Manifest view) {
    return new SegmentWalk(view, chunks, directory);
  }

  /**
   * How long one sample takes in every segment and, after the one that it follows, in every head:
   * seconds, the median of a few runs.
   *
   * @param sample the model's inputs
   */
  List<Double> secondsOfSteps(SubModel model, Map<String, Tensor> sample) throws IOException {
    List<Double> seconds = new ArrayList<>();
    Map<String, Tensor> values = new HashMap<>(sample);
    for (SegmentSpec step : withHeads()) {
      open(
          step,
          model,
          session -> {
            Map<String, Tensor> inputs = inputsOf(step, values);
            double[] runs = new double[TIMED_RUNS];
            for (int i = -WARM_UPS; i < TIMED_RUNS; i++) {
              long started = System.nanoTime();
              Map<String, Tensor> results = session.run(inputs);
              runs[Math.max(0, i)] = (System.nanoTime() - started) / 1e9;
              values.putAll(results);
            }
            Arrays.sort(runs);
            seconds.add(runs[TIMED_RUNS / 2]);
          });
    }
    return seconds;
  }

  private List<SegmentSpec> withHeads() {
    List<SegmentSpec> steps = new ArrayList<>();
    for (int i = 0; i < manifest.segments().size(); i++) {
      steps.add(manifest.segments().get(i));
      manifest.exitAt(i + 1).ifPresent(exit -> steps.add(exit.head()));
    }
    return steps;
  }

  private void run(List<SegmentSpec> steps, SubModel model, List<Map<String, Tensor>> batches)
      throws IOException {
    for (int i = 0; i < steps.size(); i++) {
      runStep(steps.get(i), neededAfter(i, steps), model, batches);
    }
  }

  /**
   * Runs one segment, or a head.
   *
   * @param later names of the values that are kept
   * @param batches the values so far; afterwards those that are kept, what was made among them
   * @throws InferenceException if the engine refuses it
   */
  void runStep(
      SegmentSpec step, Set<String> later, SubModel model, List<Map<String, Tensor>> batches)
      throws IOException {
    open(
        step,
        model,
        session -> {
          for (Map<String, Tensor> batch : batches) {
            batch.putAll(session.run(inputsOf(step, batch)));
            batch.keySet().retainAll(later);
          }
        });
  }

  private static Map<String, Tensor> inputsOf(SegmentSpec step, Map<String, Tensor> values) {
    Map<String, Tensor> inputs = new HashMap<>(values);
    inputs.keySet().retainAll(step.inputs());
    return inputs;
  }

  private void open(SegmentSpec segment, SubModel model, Consumer<GraphRun> work)
      throws IOException {
    Set<Integer> tensors = new HashSet<>(segment.tensors());
    Path place = Files.createTempDirectory(directory, "segment");
    Path weights = place.resolve("weights.bin");
    Path graph = place.resolve("graph.onnx");
    try {
      WeightFile.assemble(manifest, chunks, model, tensors::contains, weights);
      write(segment.graph(), graph);
      Optimisation optimisation =
          weightBytes(segment) <= SMALL_SEGMENT ? Optimisation.ALL : Optimisation.BASIC;
      try (GraphRun session = GraphRun.open(graph, optimisation)) {
        work.accept(session);
      }
    } finally {
      Files.deleteIfExists(weights);
      Files.deleteIfExists(graph);
      Files.deleteIfExists(place);
    }
  }

  private static void write(ByteBuffer content, Path file) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (content.hasRemaining()) {
        out.write(content);
      }
    }
  }

  private long weightBytes(SegmentSpec segment) {
    return segment.tensors().stream()
        .mapToLong(tensor -> manifest.tensors().get(tensor).byteLength())
        .sum();
  }

  private Set<String> neededAfter(int index, List<SegmentSpec> steps) {
    Set<String> needed = new HashSet<>();
    manifest.outputs().forEach(output -> needed.add(output.name()));
    manifest.exits().forEach(exit -> needed.addAll(exit.head().outputs()));
    for (SegmentSpec later : steps.subList(index + 1, steps.size())) {
      needed.addAll(later.inputs());
    }
    return needed;
  }
}
