package dev.insitu.forge;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.InferenceException;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks sub-models and their exits for their answers to samples. */
final class Evaluator {

  private static final int MOST_BATCH = 32;
  private static final long BATCH_BYTES = 64L << 20; // of activations
  private static final long PASS_BYTES = 256L << 20; // of values held between segments
  private static final double SAME = 1e-3;

  private final Manifest manifest;
  private final SegmentWalk walk;
  private final Samples samples;
  private final List<String> outputs;
  private final int batch;

  /**
   * What a sub-model answers.
   *
   * @param whole in full depth
   * @param exits at each exit of the package, in their order
   */
  record Replies(Answers whole, List<Answers> exits) {

    Replies {
      exits = List.copyOf(exits);
    }
  }

  /** The samples [{@code from}, {@code from + count}), run together. */
  private record Slice(int from, int count) {}

  private Evaluator(Manifest manifest, SegmentWalk walk, Samples samples, int batch) {
    this.manifest = manifest;
    this.walk = walk;
    this.samples = samples;
    this.outputs = outputs(manifest);
    this.batch = batch;
  }

  /**
   * Prepares to measure; finds out by running the whole model whether it takes several samples at
   * once.
   *
   * @param directory for temporary files of a segment's size
   * @throws dev.insitu.forge.samples.SampleException if the samples lack an input
   * @throws ForgeException if the model has no output to measure by
   */
  static Evaluator of(Manifest manifest, ChunkSource chunks, Samples samples, Path directory)
      throws IOException {
    SegmentWalk walk = new SegmentWalk(manifest, chunks, directory);
    Evaluator single = new Evaluator(manifest, walk, samples, 1);
    int most = single.largestBatch();
    return most > 1 && single.batchesChangeNothing()
        ? new Evaluator(manifest, walk, samples, most)
        : single;
  }

  /** The same samples for another width of the package. */
  Evaluator at(Manifest view) {
    return new Evaluator(view, walk.at(view), samples, batch);
  }

  /** The package at the width that is asked. */
  Manifest manifest() {
    return manifest;
  }

  /**
   * How long one sample takes in every segment and, after the one that it follows, in every head;
   * seconds, the median of a few runs on this machine.
   */
  List<Double> secondsOfSteps() throws IOException {
    return walk.secondsOfSteps(SubModel.whole(manifest), inputs(new Slice(0, 1)));
  }

  /** The primary output's name, and what stands for it at each exit. */
  private static List<String> outputs(Manifest manifest) {
    ValueSpec primary = primaryOutput(manifest);
    int index = manifest.outputs().indexOf(primary);
    List<String> names = new ArrayList<>(List.of(primary.name()));
    manifest.exits().forEach(exit -> names.add(exit.head().outputs().get(index)));
    return names;
  }

  /** The first float output; if there is none, the first of integers. */
  static ValueSpec primaryOutput(Manifest manifest) {
    return manifest.outputs().stream()
        .filter(value -> isTensor(value) && ElementType.ofOnnx(value.onnxType()).floating())
        .findFirst()
        .or(() -> manifest.outputs().stream().filter(Evaluator::isTensor).findFirst())
        .orElseThrow(() ->
            new ForgeException(
                "The model has no output of numbers to measure agreement by.\n"
                    + "Maybe pack it without a profile."));
  }

  private static boolean isTensor(ValueSpec value) {
    int string = 8;
    return value.onnxType() > 0 && value.onnxType() != string;
  }

  private int largestBatch() {
    long batched = manifest.inputs().stream().filter(this::takesBatches).count();
    boolean open = manifest.outputs().stream().allMatch(Evaluator::beginsOpen);
    if (!open || batched < manifest.inputs().size() || samples.count() == 1) {
      return 1;
    }
    return Math.clamp(BATCH_BYTES / bytesPerSample(), 1, Math.min(MOST_BATCH, samples.count()));
  }

  private boolean takesBatches(ValueSpec input) {
    long[] shape = samples.column(input.name()).shape();
    return shape.length > 0 && shape[0] == 1 && beginsOpen(input);
  }

  private static boolean beginsOpen(ValueSpec value) {
    return value.ranked() && !value.dims().isEmpty() && value.dims().getFirst() == -1;
  }

  /** The most that one sample takes between two segments, roughly. */
  private long bytesPerSample() {
    long inputs = samples.columns().values().stream().mapToLong(Column::sampleBytes).sum();
    long inner =
        manifest.segments().stream().mapToLong(SegmentSpec::activationBytes).max().orElse(0);
    return Math.max(1, Math.max(inputs, inner));
  }

  /** Whether two samples are answered together as they are alone: an open dimension may be time. */
  private boolean batchesChangeNothing() throws IOException {
    List<Slice> slices = List.of(new Slice(0, 2), new Slice(0, 1), new Slice(1, 1));
    try {
      List<List<Tensor>> results = run(SubModel.whole(manifest), slices, true);
      boolean same = true;
      for (int i = 0; same && i < outputs.size(); i++) {
        List<float[]> together = split(results.get(0).get(i), 2);
        same =
            isSame(together.get(0), results.get(1).get(i))
                && isSame(together.get(1), results.get(2).get(i));
      }
      return same;
    } catch (ForgeException e) {
      return false; // if it takes no sample at all, that shows soon
    }
  }

  private static boolean isSame(float[] together, Tensor alone) {
    return Agreement.relativeError(together, numbers(alone)) < SAME;
  }

  /**
   * The answers of a sub-model in full depth to all samples.
   *
   * @throws ForgeException if ONNX Runtime refuses the model or the samples
   */
  Answers answers(SubModel model) throws IOException {
    return replies(model, false).whole();
  }

  /**
   * The answers of a sub-model, and of its exits, to all samples.
   *
   * @throws ForgeException if ONNX Runtime refuses the model or the samples
   */
  Replies replies(SubModel model) throws IOException {
    return replies(model, true);
  }

  private Replies replies(SubModel model, boolean exits) throws IOException {
    return replies(slices -> run(model, slices, exits), exits ? outputs.size() : 1);
  }

  /** Answers slices of samples: by slice the values of the outputs, of the whole first. */
  @FunctionalInterface
  private interface Runner {
    List<List<Tensor>> run(List<Slice> slices) throws IOException;
  }

  /**
   * How well the whole package answers like another model of the same inputs and outputs.
   *
   * @param onnx the model, run as one graph
   * @return empty if it answers all samples alike
   * @throws ForgeException if ONNX Runtime refuses the model or the samples
   */
  Optional<Profile.RootAgreement> agreementWith(Path onnx) throws IOException {
    Answers mine = answers(SubModel.whole(manifest));
    try (GraphRun session = GraphRun.open(onnx, Optimisation.BASIC)) {
      Answers theirs =
          replies(
                  slices ->
                      slices.stream()
                          .map(slice -> session.run(inputs(slice)).get(outputs.getFirst()))
                          .map(List::of)
                          .toList(),
                  1)
              .whole();
      int[] telling = theirs.telling();
      return telling.length == 0
          ? Optional.empty()
          : Optional.of(
              new Profile.RootAgreement(telling.length, Agreement.of(mine, theirs, telling)));
    } catch (InferenceException e) {
      throw new ForgeException("The root cannot be run on the samples: " + e.getMessage(), e);
    }
  }

  /**
   * @param count outputs of each slice
   */
  private Replies replies(Runner runner, int count) throws IOException {
    int perPass = Math.clamp(PASS_BYTES / bytesPerSample(), batch, samples.count());
    List<List<float[]>> values = new ArrayList<>();
    Answers.Kind[] kinds = new Answers.Kind[count];
    for (int i = 0; i < count; i++) {
      values.add(new ArrayList<>());
    }
    for (int from = 0; from < samples.count(); from += perPass) {
      List<Slice> slices = slices(from, Math.min(samples.count(), from + perPass));
      List<List<Tensor>> results = runner.run(slices);
      for (int s = 0; s < slices.size(); s++) {
        for (int i = 0; i < count; i++) {
          Tensor result = results.get(s).get(i);
          values.get(i).addAll(split(result, slices.get(s).count()));
          kinds[i] = kinds[i] == null ? kind(result, slices.get(s).count()) : kinds[i];
        }
      }
    }
    List<Answers> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      answers.add(new Answers(kinds[i], values.get(i)));
    }
    return new Replies(answers.getFirst(), answers.subList(1, count));
  }

  private List<Slice> slices(int from, int to) {
    List<Slice> slices = new ArrayList<>();
    for (int at = from; at < to; at += batch) {
      slices.add(new Slice(at, Math.min(batch, to - at)));
    }
    return slices;
  }

  /** By slice the values of the outputs, of the whole first. */
  private List<List<Tensor>> run(SubModel model, List<Slice> slices, boolean exits)
      throws IOException {
    List<Map<String, Tensor>> batches = new ArrayList<>();
    slices.forEach(slice -> batches.add(inputs(slice)));
    try {
      if (exits) {
        walk.runWithExits(model, batches);
      } else {
        walk.run(model, batches);
      }
    } catch (InferenceException e) {
      throw new ForgeException("The model cannot be run on the samples: " + e.getMessage(), e);
    }
    List<String> names = exits ? outputs : outputs.subList(0, 1);
    return batches.stream().map(values -> names.stream().map(values::get).toList()).toList();
  }

  private Map<String, Tensor> inputs(Slice slice) {
    Map<String, Tensor> values = new HashMap<>();
    for (ValueSpec input : manifest.inputs()) {
      values.put(input.name(), tensor(samples.column(input.name()), slice));
    }
    return values;
  }

  private static Tensor tensor(Column column, Slice slice) {
    long[] shape = column.shape();
    if (slice.count() > 1) {
      shape[0] = slice.count();
    }
    return Tensor.wrap(column.type(), column.slice(slice.from(), slice.count()), shape);
  }

  private static Answers.Kind kind(Tensor result, int samples) {
    if (!result.type().floating()) {
      return Answers.Kind.INTEGERS;
    }
    long[] shape = result.shape();
    boolean classes = shape.length == 2 && shape[0] == samples && shape[1] >= 2;
    return classes ? Answers.Kind.CLASSES : Answers.Kind.NUMBERS;
  }

  private static List<float[]> split(Tensor result, int samples) {
    float[] all = numbers(result);
    if (samples > 1 && (result.shape().length == 0 || result.shape()[0] != samples)) {
      throw new ForgeException("The model answers " + samples + " samples with a " + result + ".");
    }
    int length = all.length / samples;
    List<float[]> parts = new ArrayList<>();
    for (int i = 0; i < samples; i++) {
      parts.add(Arrays.copyOfRange(all, i * length, (i + 1) * length));
    }
    return parts;
  }

  /** The elements of a tensor of any kind. */
  static float[] numbers(Tensor result) {
    if (result.type().floating()) {
      return result.floats();
    }
    long[] integers = result.longs();
    float[] numbers = new float[integers.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = integers[i];
    }
    return numbers;
  }
}
