package dev.insitu.benchmarks.models;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Generates one model. */
@Command(
    name = "generate-model",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes an ONNX model with seeded random weights. Nothing is trained: generated weights say"
          + " nothing about accuracy.",
      "Example: --structure resnet50 --weights heavy-tailed -o resnet50.onnx"
    })
final class GenerateCommand implements Callable<Integer> {
  private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

  @Option(names = "--structure", required = true, description = "One of ${COMPLETION-CANDIDATES}.")
  private Structure structure;

  @Option(
      names = {"-o", "--output"},
      required = true,
      description = "The ONNX file. External data goes beside it, to FILE.data.")
  private Path output;

  @Option(names = "--weights", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Distribution weights = Distribution.GAUSSIAN;

  @Option(
      names = "--type",
      description = "How weights are stored: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private WeightType type = WeightType.FLOAT32;

  @Option(names = "--tied", description = "Let two layers share a tensor.")
  private boolean tied;

  @Option(names = "--fold", description = "Make batch normalizations part of the convolutions.")
  private boolean folded;

  @Option(names = "--external", description = "Put tensors of 1 KiB and more into a file apart.")
  private boolean external;

  @Option(names = "--opset", description = "17 to 21; default ${DEFAULT-VALUE}.")
  private int opset = ModelSpecBuilder.DEFAULT_OPSET;

  @Option(names = "--classes", description = "Outputs of the classifier; default 1000 for images.")
  private @Nullable Integer classes;

  @Option(
      names = "--image",
      description = "Height and width of the pictures; default ${DEFAULT-VALUE}.")
  private int image = ModelSpecBuilder.DEFAULT_IMAGE;

  @Option(
      names = "--width",
      description = "Factor on an image network's channels; default ${DEFAULT-VALUE}.")
  private double width = 1;

  @Option(
      names = "--layers",
      description = "Encoder layers of bert-base; default ${DEFAULT-VALUE}.")
  private int layers = ModelSpecBuilder.DEFAULT_LAYERS;

  @Option(names = "--hidden", description = "Hidden length; default 768 (bert-base), 4096 (mlp).")
  private @Nullable Integer hidden;

  @Option(
      names = "--size",
      converter = ByteSize.class,
      description = "Bytes of the mlp's weights, as 4GiB; default 64MiB.")
  private long bytes = ModelSpecBuilder.DEFAULT_BYTES;

  @Option(names = "--seed", description = "Default ${DEFAULT-VALUE}.")
  private long seed = ModelSpecBuilder.DEFAULT_SEED;

  @Spec private CommandSpec command;

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new GenerateCommand());
    line.registerConverter(Structure.class, id -> named(Structure.values(), id));
    line.registerConverter(Distribution.class, id -> named(Distribution.values(), id));
    line.registerConverter(WeightType.class, id -> named(WeightType.values(), id));
    return line;
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    GeneratedModel model;
    try {
      model = ModelGenerator.generate(spec(), output);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
    double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
    String rate = ByteSize.mebibytes((long) (model.bytes() / seconds));
    command
        .commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%s: %,d parameters, %s in %.1f s, %s/s%n",
            model.file(),
            model.parameters(),
            ByteSize.mebibytes(model.bytes()),
            seconds,
            rate);
    return 0;
  }

  private ModelSpec spec() {
    ModelSpecBuilder builder =
        ModelSpec.of(structure)
            .weights(weights)
            .type(type)
            .tied(tied)
            .folded(folded)
            .external(external)
            .opset(opset)
            .image(image)
            .width(width)
            .layers(layers)
            .bytes(bytes)
            .seed(seed);
    if (classes != null) {
      builder.classes(classes);
    }
    if (hidden != null) {
      builder.hidden(hidden);
    }
    return builder.build();
  }

  private static <T> T named(T[] all, String id) {
    return Arrays.stream(all)
        .filter(one -> one.toString().equals(id))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "'%s' is unknown\nMaybe one of %s.".formatted(id, Arrays.toString(all))));
  }
}
