package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.model.RealFiles;
import dev.insitu.runtime.Optimisation;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real models, packed without a profile, rebuilt whole and run against the originals. */
class RealModelsTest {

  private static final int LEAST_PARAMETERS = 1_000_000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet20-cifar10/model.onnx",
        "resnet18-cifar100/model.onnx.xz",
        "silero-vad/2024-06-27.onnx",
        "silero-vad/2024-07-09.onnx",
        "silero-vad/2025-08-25.onnx",
        "silero-vad/op18-ifless.onnx",
        "magika/standard_v3_1.onnx",
        "magika/standard_v3_2.onnx",
        "fastestdet/2022-07-03.onnx",
        "fastestdet/2022-07-14.onnx",
        "ultraface/rfb-320.onnx",
        "pp-ocr-det/model.onnx",
        "vit-cifar10/model.onnx",
        "shufflenet-v2-int8/shufflenet-v2-12-int8.tar.gz",
        "mnist/mnist-8.onnx",
        "tinybert/tinybert.onnx",
        "structures/resnet50.onnx",
        "structures/inception_v1.onnx"
      })
  void returnsWholeAndComputesTheSame(String name) throws IOException {
    check(name);
  }

  /** With {@code -Dslow=true}. */
  @ParameterizedTest
  @ValueSource(strings = {"structures/densenet121.onnx", "structures/vgg19.onnx"})
  void returnsWholeAndComputesTheSameIfThereIsTime(String name) throws IOException {
    Assumptions.assumeTrue(Boolean.getBoolean("slow"), "takes long: set -Dslow=true");
    check(name);
  }

  private void check(String name) throws IOException {
    Path model = RealFiles.model(name, folder);
    long start = System.nanoTime();
    try (Packed packed = Packed.of(model, folder)) {
      double seconds = (System.nanoTime() - start) * 1e-9;
      report(name, packed, seconds);
      packed.check();
      assertManifestIsSmall(name, packed);
      Map<String, Tensor> inputs = RealInputs.of(packed.manifest().inputs());
      packed.assertAnswersReturn(inputs, Optimisation.BASIC);
      packed.assertAnswersReturn(inputs, Optimisation.ALL);
    }
  }

  /** What must arrive before the first chunk. */
  private static void assertManifestIsSmall(String name, Packed packed) {
    int bytes = packed.result().manifestBytes();
    long weights = packed.manifest().weightCount();
    if (weights >= LEAST_PARAMETERS) {
      assertTrue(bytes <= 0.005 * weights + 4096, name + ": " + bytes + " bytes of manifest");
    }
    if (name.startsWith("pp-ocr-det")) {
      assertTrue(bytes <= 25 << 10, name + ": " + bytes + " bytes of manifest");
    }
  }

  private static void report(String name, Packed packed, double seconds) {
    Manifest manifest = packed.manifest();
    long weights = manifest.weightCount();
    System.out.printf(
        "PACK %-48s %,11d weights %3d segments %5d chunks %,7d B manifest (%.2f %% of 8 bits)"
            + " lossless %.3f x float32, %5.2f s%n",
        name,
        weights,
        manifest.segments().size(),
        manifest.chunks().size(),
        packed.result().manifestBytes(),
        100.0 * packed.result().manifestBytes() / Math.max(1, weights),
        manifest.chunkBytes() / (4.0 * Math.max(1, weights)),
        seconds);
  }
}
