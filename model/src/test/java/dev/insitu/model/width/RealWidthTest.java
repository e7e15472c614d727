package dev.insitu.model.width;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.RealModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every real model is the same with permuted channels and right with fewer. */
class RealWidthTest {

  @TempDir Path folder;

  /** Groups that must be found at least; models that are not named have none. */
  private static final Map<String, Integer> GROUPS =
      Map.ofEntries(
          Map.entry("resnet20-cifar10/model.onnx", 12),
          Map.entry("resnet18-cifar100/model.onnx.xz", 12),
          Map.entry("fastestdet/2022-07-03.onnx", 34),
          Map.entry("fastestdet/2022-07-14.onnx", 34),
          Map.entry("ultraface/rfb-320.onnx", 25),
          Map.entry("pp-ocr-det/model.onnx", 29),
          Map.entry("vit-cifar10/model.onnx", 7),
          Map.entry("mnist/mnist-8.onnx", 2),
          Map.entry("tinybert/tinybert.onnx", 3));

  static Stream<RealModels.Model> models() {
    return RealModels.all().filter(model -> !model.path().startsWith("structures"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void narrowedModelsComputeWhatIsLeft(RealModels.Model real) throws IOException, OrtException {
    Path file = RealModels.file(real, folder);
    try (OnnxModel model = OnnxModel.open(file)) {
      Narrowed narrowed = new Narrowed(model, real.sizes(), folder);
      narrowed.check(11, 3);
      int groups = narrowed.groups().size();
      double half = narrowed.macsRatio(0.5);
      System.out.printf("%-35s %2d groups, half width %.3f of the MACs%n", real, groups, half);
      assertTrue(groups >= GROUPS.getOrDefault(real.path(), 0), groups + " groups");
      if (groups == 0) {
        assertEquals(1, half);
      } else {
        assertTrue(half <= 0.55, half + " of the MACs");
      }
    }
  }
}
