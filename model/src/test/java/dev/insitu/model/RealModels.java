package dev.insitu.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Trained models among the {@link RealFiles}. */
public final class RealModels {

  /**
   * One model with sizes for its open dimensions.
   *
   * @param path below the folder of models
   * @param sizes as {@link Profiler} takes them
   * @param minCuts places to cut that must be found at least
   */
  public record Model(String path, Map<String, Long> sizes, int minCuts) {
    @Override
    public String toString() {
      return path;
    }
  }

  private static final Map<String, Long> VAD =
      Map.of("input:0", 1L, "input:1", 576L, "state:1", 1L, "sequence", 576L);

  public static final List<Model> ALL =
      List.of(
          new Model("resnet20-cifar10/model.onnx", Map.of(), 20),
          new Model("resnet18-cifar100/model.onnx.xz", Map.of(), 10),
          new Model("silero-vad/2024-06-27.onnx", VAD, 0),
          new Model("silero-vad/2024-07-09.onnx", VAD, 0),
          new Model("silero-vad/2025-08-25.onnx", VAD, 0),
          new Model("silero-vad/op18-ifless.onnx", VAD, 0),
          new Model("magika/standard_v3_1.onnx", Map.of(), 5),
          new Model("magika/standard_v3_2.onnx", Map.of(), 5),
          new Model("fastestdet/2022-07-03.onnx", Map.of(), 20),
          new Model("fastestdet/2022-07-14.onnx", Map.of(), 20),
          new Model("ultraface/rfb-320.onnx", Map.of(), 20),
          new Model("pp-ocr-det/model.onnx", Map.of("image:2", 96L, "image:3", 160L), 20),
          new Model("vit-cifar10/model.onnx", Map.of(), 20),
          new Model("shufflenet-v2-int8/shufflenet-v2-12-int8.tar.gz", Map.of(), 20),
          new Model("mnist/mnist-8.onnx", Map.of(), 5),
          new Model("tinybert/tinybert.onnx", Map.of("sequence", 12L), 10),
          new Model("structures/resnet50.onnx", Map.of(), 20),
          new Model("structures/inception_v1.onnx", Map.of(), 20),
          new Model("structures/densenet121.onnx", Map.of(), 20),
          new Model("structures/vgg19.onnx", Map.of(), 20));

  private RealModels() {}

  public static Stream<Model> all() {
    return ALL.stream();
  }

  public static Model named(String path) {
    return ALL.stream().filter(model -> model.path().equals(path)).findFirst().orElseThrow();
  }

  /** The model's file, unpacked if necessary; the test is skipped if there is none. */
  public static Path file(Model model, Path temporary) throws IOException {
    return RealFiles.model(model.path(), temporary);
  }
}
