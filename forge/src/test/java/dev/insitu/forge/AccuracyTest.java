package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.SampleReader;
import dev.insitu.forge.samples.SampleReader.Normalisation;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.RealFiles;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a trained network loses at few bits, on pictures that packing has not seen: it measures with
 * generated ones, and orders chunks by the weights alone.
 */
class AccuracyTest {

  private static final int PICTURES = 2000;
  private static final Normalisation NORMALISATION =
      new Normalisation(new float[] {.485f, .456f, .406f}, new float[] {.229f, .224f, .225f});

  @TempDir Path folder;

  @Test
  void threeAndFourBitsLoseLittle() throws IOException {
    Path model = RealFiles.file("models/resnet20-cifar10/model.onnx");
    Path pictures = RealFiles.model("resnet20-cifar10/cifar10-2000.bin.xz", folder);
    try (Packed packed = Packed.of(model, folder, generated(model))) {
      Manifest manifest = packed.manifest();
      Samples samples = new SampleReader(manifest.inputs(), NORMALISATION).read(pictures, PICTURES);
      assertEquals(PICTURES, samples.count());
      Evaluator evaluator = Evaluator.of(manifest, packed.file(), samples, folder);
      Answers root = evaluator.answers(packed.whole());
      int[] labels = samples.labels().orElseThrow();
      report("root", packed.whole(), root, root, labels);
      for (double[] figure : new double[][] {{4.0, 0.7}, {3.0, 2.0}}) {
        SubModel prefix =
            SubModel.prefixOfBytes(manifest, (long) (figure[0] * manifest.weightCount() / 8));
        double loss = report(figure[0] + " bits", prefix, evaluator.answers(prefix), root, labels);
        assertTrue(loss <= figure[1], figure[0] + " bits lose " + loss + " points");
      }
      double lossless = manifest.chunkBytes() / (4.0 * manifest.weightCount());
      System.out.printf("ACCURACY lossless %.4f x float32%n", lossless);
      assertTrue(lossless <= 0.86, "lossless takes " + lossless);
    }
  }

  private static ForgeOptions generated(Path model) {
    try (OnnxModel root = OnnxModel.open(model)) {
      return ForgeOptions.of("resnet20", "1")
          .withSamples(GeneratedSamples.make(Forge.inputs(root), 8, 1));
    }
  }

  /** Prints accuracy and loss with the paired 95 % interval; returns the loss in points. */
  private static double report(
      String what, SubModel model, Answers answers, Answers root, int[] labels) {
    int right = 0;
    int lost = 0; // right with the root alone
    int won = 0; // right with the sub-model alone
    for (int i = 0; i < labels.length; i++) {
      boolean mine = answers.best(i) == labels[i];
      boolean theirs = root.best(i) == labels[i];
      right += mine ? 1 : 0;
      lost += theirs && !mine ? 1 : 0;
      won += mine && !theirs ? 1 : 0;
    }
    int count = labels.length;
    double loss = 100.0 * (lost - won) / count;
    double variance = (lost + won - (double) (lost - won) * (lost - won) / count) / count;
    double margin = 100 * 1.96 * Math.sqrt(variance / count);
    System.out.printf(
        "ACCURACY %-9s %.3f bits/weight %.2f %%, loses %.2f points, 95 %% interval [%.2f, %.2f]%n",
        what,
        8.0 * model.bytes() / model.manifest().weightCount(),
        100.0 * right / count,
        loss,
        loss - margin,
        loss + margin);
    return loss;
  }
}
