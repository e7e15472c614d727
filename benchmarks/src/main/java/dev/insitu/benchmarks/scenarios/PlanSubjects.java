package dev.insitu.benchmarks.scenarios;

import dev.insitu.cli.Scenario.Request;
import dev.insitu.forge.Forge;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.SampleReader;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import dev.insitu.runtime.Tensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tukaani.xz.XZInputStream;

/**
 * The model that is planned: a trained ResNet-20 and pictures without labels where they lie in the
 * folder of data, else the demo's own model.
 */
final class PlanSubjects {

  private static final String MODEL = "models/resnet20-cifar10/model.onnx";
  private static final String PICTURES = "cifar-100/train.bin.xz";
  private static final int RECORD = 3074;
  private static final int COUNT = 2_048;
  private static final int BATCH = 64;
  private static final Normalisation NORMALISATION =
      new Normalisation(new float[] {.485f, .456f, .406f}, new float[] {.229f, .224f, .225f});

  private PlanSubjects() {}

  /** The model; its questions are other pictures than its samples, in batches. */
  static Subject of(Workbench bench, Request request) throws IOException {
    Optional<Path> model = DataFolder.file(MODEL);
    Optional<Path> pictures = DataFolder.file(PICTURES);
    if (model.isEmpty() || pictures.isEmpty()) {
      request
          .notes()
          .accept(
              "There is no "
                  + MODEL
                  + " or no "
                  + PICTURES
                  + " in the folder of data: the demo's model is taken. Maybe set INSITU_DATA.");
      return Subjects.shapes(bench.fresh("shapes"));
    }
    Path unpacked = bench.fresh("pictures.bin");
    unpack(pictures.get(), unpacked, (long) RECORD * COUNT);
    Samples all;
    try (OnnxModel opened = OnnxModel.open(model.get())) {
      all = new SampleReader(Forge.inputs(opened), NORMALISATION).read(unpacked, COUNT);
    }
    return new Subject(
        "resnet20",
        model.get(),
        Optional.of(all.range(0, COUNT / 2).withoutLabels()),
        batches(all.range(COUNT / 2, COUNT)),
        Optional.empty());
  }

  private static void unpack(Path file, Path to, long bytes) throws IOException {
    try (InputStream in = new XZInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      Files.write(to, in.readNBytes(Math.toIntExact(bytes)));
    }
  }

  /** Samples as questions of several each; what is left over is left out. */
  static List<Map<String, Tensor>> batches(Samples samples) {
    List<Map<String, Tensor>> batches = new ArrayList<>();
    for (int from = 0; from + BATCH <= samples.count(); from += BATCH) {
      batches.add(question(samples, from, BATCH));
    }
    return batches;
  }

  /** Some samples as one question. */
  static Map<String, Tensor> question(Samples samples, int from, int count) {
    Map<String, Tensor> question = new LinkedHashMap<>();
    for (Map.Entry<String, Column> entry : samples.columns().entrySet()) {
      long[] shape = entry.getValue().shape().clone();
      shape[0] = count;
      question.put(
          entry.getKey(),
          Questions.tensor(entry.getValue().slice(from, count), entry.getValue().type(), shape));
    }
    return question;
  }
}
