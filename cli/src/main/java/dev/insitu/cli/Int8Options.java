package dev.insitu.cli;

import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.Forge;
import dev.insitu.forge.integer.Clipping;
import dev.insitu.forge.integer.CodeType;
import dev.insitu.forge.integer.IntegerException;
import dev.insitu.forge.integer.IntegerModel;
import dev.insitu.forge.integer.IntegerOptions;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.SampleReader;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether and how an exported model becomes an integer one. */
final class Int8Options {

  private static final int GENERATED = 32;
  private static final long SEED = 1;

  @Option(
      names = "--int8",
      description = "Write a QDQ model of 8-bit integers, for hardware without floats.")
  private boolean wanted;

  @Option(
      names = "--samples",
      paramLabel = "FILE",
      description =
          "With --int8: inputs to learn ranges from, a few hundred like those to come, without"
              + " labels: pictures, .npz, .npy, or raw values.")
  private @Nullable Path samplesFile;

  @Option(
      names = "--max-samples",
      defaultValue = "512",
      description = "With --int8: most samples to use (default: ${DEFAULT-VALUE}).")
  private int maxSamples;

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "M",
      description = "With --int8: mean of each colour, for pictures stored as bytes (0..1).")
  private float[] mean = {0, 0, 0};

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "S",
      description = "With --int8: deviation of each colour, for pictures stored as bytes.")
  private float[] std = {1, 1, 1};

  @Option(
      names = "--clipping",
      defaultValue = "SQUARED_ERROR",
      description =
          "With --int8: how ranges follow from samples: ${COMPLETION-CANDIDATES}"
              + " (default: ${DEFAULT-VALUE}).")
  private Clipping clipping = Clipping.SQUARED_ERROR;

  @Option(
      names = "--activations",
      defaultValue = "UINT8",
      description =
          "With --int8: integers of activations: ${COMPLETION-CANDIDATES}"
              + " (default: ${DEFAULT-VALUE}).")
  private CodeType activations = CodeType.UINT8;

  @Option(
      names = "--reduced-weights",
      description =
          "With --int8: weights of 7 bits, for x86 processors without VNNI, where 8 bits saturate.")
  private boolean reducedWeights;

  @Option(
      names = "--keep-biases",
      description = "With --int8: do not take the mean error of each channel from its bias.")
  private boolean keepBiases;

  @Option(
      names = "--keep-float",
      paramLabel = "LAYER",
      description =
          "With --int8: a layer that stays float, by the name of its weights; may be repeated.")
  private List<String> keepFloat = new ArrayList<>();

  @Option(
      names = "--keep-float-worst",
      paramLabel = "N",
      defaultValue = "0",
      description = "With --int8: keep the N layers float that alone cost most.")
  private int keepWorst;

  /** Whether an integer model was asked for. */
  boolean wanted() {
    return wanted;
  }

  /**
   * Makes an integer model of an exported one.
   *
   * @param exported a float ONNX file
   * @param out the file to write
   */
  static IntegerModel.Result convert(Int8Options options, Path exported, Path out, Console console)
      throws IOException {
    try {
      return IntegerModel.write(
          exported, options.samples(exported, console), options.integerOptions(), out);
    } catch (IntegerException e) {
      throw new CliException(String.valueOf(e.getMessage()));
    }
  }

  /** What was made, for people. */
  static String text(IntegerModel.Result result) {
    return String.format(
        Locale.ROOT,
        "%d layers in integers, %d in float; agreed with the float model on %.1f %% of the samples",
        result.integerLayers().size(),
        result.floatLayers().size(),
        100 * result.comparison().agreement());
  }

  /** The same for scripts. */
  static Map<String, Object> json(IntegerModel.Result result) {
    return Map.of(
        "integerLayers", result.integerLayers(),
        "floatLayers", result.floatLayers(),
        "agreementWithFloat", result.comparison().agreement(),
        "relativeError", result.comparison().relativeError());
  }

  private IntegerOptions integerOptions() {
    return new IntegerOptions(
        clipping, activations, reducedWeights, !keepBiases, new HashSet<>(keepFloat), keepWorst);
  }

  private Samples samples(Path exported, Console console) throws IOException {
    List<ValueSpec> inputs;
    try (OnnxModel model = OnnxModel.open(exported)) {
      inputs = Forge.inputs(model);
    }
    if (samplesFile == null) {
      console.note(
          "warning: ranges are learnt from %d generated inputs, which real ones may leave.\n"
              + "Maybe give --samples.",
          GENERATED);
      return GeneratedSamples.make(inputs, GENERATED, SEED);
    }
    return new SampleReader(inputs, new SampleReader.Normalisation(mean, std))
        .read(samplesFile, maxSamples);
  }
}
