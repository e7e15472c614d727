package dev.insitu.cli;

import dev.insitu.demo.ShapeImages;
import dev.insitu.demo.ShapesModel;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.Forge;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the demo shows: a model, samples to measure it with when it is packed, and a quiz of other
 * samples.
 *
 * @param name of the model
 * @param onnx its file
 * @param samples for packing
 * @param quiz for devices
 */
record DemoMaterial(String name, Path onnx, Samples samples, DemoQuiz quiz) {

  private static final int CALIBRATION_IMAGES = 256;
  private static final int TEST_IMAGES = 200;
  private static final int BATCH = 25;
  private static final int GENERATED_SAMPLES = 32;
  private static final int GENERATED_QUESTIONS = 12;

  /**
   * The pictures of shapes and the model that was trained on them, or the user's model with
   * generated inputs.
   */
  static DemoMaterial of(@Nullable Path model, Path directory) throws IOException {
    return model == null ? shapes(directory) : users(model);
  }

  private static DemoMaterial shapes(Path directory) throws IOException {
    Path onnx = directory.resolve("shapes.onnx");
    Files.write(onnx, ShapesModel.onnx());
    int[] calibrationLabels = new int[CALIBRATION_IMAGES];
    Column calibration =
        pictures(ShapeImages.CALIBRATION_SEED, 0, CALIBRATION_IMAGES, calibrationLabels);
    Samples samples =
        new Samples(
            Map.of(ShapesModel.INPUT, calibration),
            Optional.of(calibrationLabels),
            "generated pictures");
    List<Map<String, Tensor>> questions = new ArrayList<>();
    int[] labels = new int[TEST_IMAGES];
    for (int from = 0; from < TEST_IMAGES; from += BATCH) {
      int[] some = new int[BATCH];
      Column batch = pictures(ShapeImages.TEST_SEED, from, BATCH, some);
      System.arraycopy(some, 0, labels, from, BATCH);
      questions.add(
          Map.of(
              ShapesModel.INPUT,
              tensor(batch, 0, BATCH, new long[] {BATCH, 3, ShapeImages.SIZE, ShapeImages.SIZE})));
    }
    DemoQuiz quiz =
        answered(
            onnx, questions, Optional.of(labels), ShapesModel.OUTPUT, ShapeImages.CLASSES.size());
    return new DemoMaterial(ShapesModel.NAME, onnx, samples, quiz);
  }

  private static Column pictures(long seed, int from, int count, int[] labels) {
    ByteBuffer values =
        ByteBuffer.allocate(count * ShapeImages.LENGTH * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      for (float value : ShapeImages.image(seed, from + i)) {
        values.putFloat(value);
      }
      labels[i] = ShapeImages.label(seed, from + i);
    }
    return new Column(
        ElementType.FLOAT32,
        new long[] {1, 3, ShapeImages.SIZE, ShapeImages.SIZE},
        count,
        values.flip());
  }

  private static DemoMaterial users(Path model) throws IOException {
    try (OnnxModel root = OnnxModel.open(model)) {
      List<ValueSpec> inputs = Forge.inputs(root);
      Samples samples = GeneratedSamples.make(inputs, GENERATED_SAMPLES, 1);
      Samples asked = GeneratedSamples.make(inputs, GENERATED_QUESTIONS, 2);
      List<Map<String, Tensor>> questions = new ArrayList<>();
      for (int i = 0; i < asked.count(); i++) {
        Map<String, Tensor> question = new HashMap<>();
        for (Map.Entry<String, Column> column : asked.columns().entrySet()) {
          question.put(column.getKey(), tensor(column.getValue(), i, 1, column.getValue().shape()));
        }
        questions.add(question);
      }
      String output =
          root.outputs().stream()
              .filter(value -> value.elementType() == ElementType.FLOAT32.onnx())
              .findFirst()
              .orElseThrow(
                  () -> new CliException(model + " has no float output to compare answers by."))
              .name();
      String name = Names.suggest(model.getFileName().toString().replaceAll("\\.onnx$", ""));
      return new DemoMaterial(
          name, model, samples, answered(model, questions, Optional.empty(), output, 0));
    }
  }

  /** Some samples of an input as one value. */
  static Tensor tensor(Column column, int from, int count, long[] shape) {
    ByteBuffer slice = column.slice(from, count);
    ByteBuffer bytes = ByteBuffer.allocateDirect(slice.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(slice).flip();
    return Tensor.wrap(column.type(), bytes, shape);
  }

  /** The quiz with the answers that ONNX Runtime gives with the original file. */
  private static DemoQuiz answered(
      Path onnx,
      List<Map<String, Tensor>> questions,
      Optional<int[]> labels,
      String output,
      int classes) {
    List<float[]> answers = new ArrayList<>();
    int found = classes;
    try (GraphRun root = GraphRun.open(onnx, Optimisation.ALL)) {
      for (Map<String, Tensor> question : questions) {
        Tensor answer = Objects.requireNonNull(root.run(question).get(output), output);
        if (answer.shape().length == 2
            && answer.shape()[0] == 1
            && answer.shape()[1] > 1
            && classes == 0) {
          found = (int) answer.shape()[1];
        }
        answers.add(answer.floats());
      }
    }
    return new DemoQuiz(questions, output, labels, answers, found);
  }
}
