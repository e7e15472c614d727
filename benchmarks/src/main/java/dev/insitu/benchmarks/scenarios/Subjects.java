package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.models.GeneratedModel;
import dev.insitu.benchmarks.models.ModelGenerator;
import dev.insitu.benchmarks.models.ModelSpec;
import dev.insitu.benchmarks.models.Structure;
import dev.insitu.demo.ShapeImages;
import dev.insitu.demo.ShapesModel;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Names;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The models that scenarios choose from. */
final class Subjects {

  private static final int CALIBRATION_IMAGES = 256;
  private static final int TEST_IMAGES = 500;
  private static final int BATCH = 25;
  private static final int QUESTIONS = 4;
  private static final String CACHE = "insitu-benchmark-models";

  private Subjects() {}

  /** The demo's trained model with pictures of shapes: 0.27 million parameters, 32 x 32. */
  static Subject shapes(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path onnx = directory.resolve("shapes.onnx");
    Files.write(onnx, ShapesModel.onnx());
    int[] known = new int[CALIBRATION_IMAGES];
    Column calibration = pictures(ShapeImages.CALIBRATION_SEED, 0, CALIBRATION_IMAGES, known);
    Samples samples =
        new Samples(
            Map.of(ShapesModel.INPUT, calibration), Optional.of(known), "generated pictures");
    List<Map<String, Tensor>> questions = new ArrayList<>();
    int[] labels = new int[TEST_IMAGES];
    for (int from = 0; from < TEST_IMAGES; from += BATCH) {
      int[] some = new int[BATCH];
      Column batch = pictures(ShapeImages.TEST_SEED, from, BATCH, some);
      System.arraycopy(some, 0, labels, from, BATCH);
      long[] shape = {BATCH, ShapeImages.CHANNELS, ShapeImages.SIZE, ShapeImages.SIZE};
      questions.add(
          Map.of(ShapesModel.INPUT, Questions.tensor(batch.slice(0, BATCH), batch.type(), shape)));
    }
    return new Subject(
        ShapesModel.NAME, onnx, Optional.of(samples), questions, Optional.of(labels));
  }

  /** The same, asked one picture at a time. */
  static Subject singleShapes(Path directory) throws IOException {
    Subject shapes = shapes(directory);
    List<Map<String, Tensor>> questions = new ArrayList<>();
    for (int i = 0; i < QUESTIONS; i++) {
      Column picture = pictures(ShapeImages.TEST_SEED, i, 1, new int[1]);
      questions.add(
          Map.of(
              ShapesModel.INPUT,
              Questions.tensor(picture.slice(0, 1), picture.type(), picture.shape())));
    }
    return new Subject(shapes.name(), shapes.onnx(), shapes.samples(), questions, Optional.empty());
  }

  private static Column pictures(long seed, int from, int count, int[] labels) {
    ByteBuffer values =
        ByteBuffer.allocate(count * ShapeImages.LENGTH * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      for (float value : ShapeImages.image(seed, from + i)) {
        values.putFloat(value);
      }
      labels[i] = ShapeImages.label(seed, from + i);
    }
    long[] shape = {1, ShapeImages.CHANNELS, ShapeImages.SIZE, ShapeImages.SIZE};
    return new Column(ElementType.FLOAT32, shape, count, values.flip());
  }

  /** A ResNet-18 with random weights, 11.7 million parameters, kept for the next time. */
  static Subject resnet18(int image) throws IOException {
    Path cache = Path.of(System.getProperty("java.io.tmpdir"), CACHE);
    Files.createDirectories(cache);
    ModelSpec spec = ModelSpec.of(Structure.RESNET18).image(image).build();
    GeneratedModel made =
        ModelGenerator.generateOnce(spec, cache.resolve("resnet18-" + image + ".onnx"));
    return generated("resnet18", made.file());
  }

  /** Anybody's model, with generated inputs. */
  static Subject users(Path onnx) throws IOException {
    String file = onnx.getFileName().toString().replaceAll("\\.onnx$", "");
    return generated(Names.suggest(file), onnx);
  }

  private static Subject generated(String name, Path onnx) throws IOException {
    return new Subject(name, onnx, Optional.empty(), Questions.of(onnx), Optional.empty());
  }
}
