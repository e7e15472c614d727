package dev.insitu.benchmarks.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The generated models that scenarios run on: each structure in its real size, and each way weights
 * can be stored once.
 *
 * <p>{@code java -cp 'benchmarks/target/*:benchmarks/target/lib/*'
 * dev.insitu.benchmarks.models.StandardSet DIRECTORY}
 */
public final class StandardSet {
  private static final int SMALL_IMAGE = 32;
  private static final int SMALL_BERT_LAYERS = 4;
  private static final int SMALL_BERT_HIDDEN = 256;

  private StandardSet() {}

  /** Writes the set to a directory and says what is there. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("It takes one argument: the directory to write to.");
      System.exit(2);
    }
    for (GeneratedModel model : standardSet(Path.of(arguments[0]))) {
      System.out.printf(
          "%-22s %,12d parameters %10s%n",
          model.name(), model.parameters(), ByteSize.mebibytes(model.bytes()));
    }
  }

  /**
   * Makes sure the set is in {@code directory}; 990 MB, one file at a time. What was generated
   * there before stays.
   */
  public static List<GeneratedModel> standardSet(Path directory) throws IOException {
    Files.createDirectories(directory);
    List<GeneratedModel> models = new ArrayList<>();
    for (Map.Entry<String, ModelSpec> entry : specs().entrySet()) {
      Path file = directory.resolve(entry.getKey() + ".onnx");
      models.add(ModelGenerator.generateOnce(entry.getValue(), file));
    }
    return models;
  }

  /** The specs by name, in the order they are generated. */
  static Map<String, ModelSpec> specs() {
    Map<String, ModelSpec> specs = new LinkedHashMap<>();
    specs.put("resnet18-gauss", resnet18().build());
    specs.put(
        "resnet50-heavy",
        ModelSpec.of(Structure.RESNET50).weights(Distribution.HEAVY_TAILED).opset(18).build());
    specs.put("vgg16-image32", ModelSpec.of(Structure.VGG16).image(SMALL_IMAGE).opset(19).build());
    specs.put("densenet121-gauss", ModelSpec.of(Structure.DENSENET121).opset(20).build());
    specs.put("bert-base-gauss", ModelSpec.of(Structure.BERT_BASE).build());
    specs.put("resnet18-f16", resnet18().type(WeightType.FLOAT16).build());
    specs.put("resnet18-bf16", resnet18().type(WeightType.BFLOAT16).build());
    specs.put("resnet18-tied", resnet18().tied(true).build());
    specs.put("resnet18-folded", resnet18().folded(true).opset(21).build());
    specs.put("resnet18-external", resnet18().external(true).build());
    specs.put(
        "bert-tied",
        ModelSpec.of(Structure.BERT_BASE)
            .layers(SMALL_BERT_LAYERS)
            .hidden(SMALL_BERT_HIDDEN)
            .tied(true)
            .opset(20)
            .build());
    return specs;
  }

  private static ModelSpecBuilder resnet18() {
    return ModelSpec.of(Structure.RESNET18);
  }
}
