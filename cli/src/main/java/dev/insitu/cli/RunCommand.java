package dev.insitu.cli;

import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.device.ModelListener;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.forge.samples.SampleReader;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.Answer;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code insitu run}: inference with a model that is on this device. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs a model that is on this device, whether or not a server can be reached.",
    footerHeading = "%nExample:%n",
    footer = {
      "  insitu run resnet --input image.npy",
      "  insitu run resnet --input images.npz --samples 100 --early 0.5"
    })
final class RunCommand implements Callable<Integer> {

  private static final int SHOWN = 8;

  @Mixin private Console console;
  @Mixin private DeviceMixin device;

  @Parameters(paramLabel = "NAME", description = "The model.")
  private String name;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description =
          "Inputs: .npz with arrays named like the model's inputs, .npy, CIFAR's .bin or raw values; by default one is generated.")
  private @Nullable Path input;

  @Option(
      names = "--samples",
      defaultValue = "1",
      description = "Most samples of the file to run (default: ${DEFAULT-VALUE}).")
  private int most;

  @Mixin private EarlyOptions early;

  @Override
  public Integer call() throws IOException {
    try (Insitu insitu = device.open(ModelListener.NONE)) {
      Model model = insitu.model(name);
      List<ValueSpec> inputs = inputs(model);
      Samples samples =
          input == null
              ? GeneratedSamples.make(inputs, most, 1)
              : new SampleReader(inputs, SampleReader.Normalisation.none()).read(input, most);
      Optional<ExitPolicy> policy = early.policy(model);
      EarlyTally tally = new EarlyTally();
      for (int i = 0; i < samples.count(); i++) {
        tally.add(answer(model, samples, i, policy));
      }
      if (policy.isPresent()) {
        console.print(tally.json(), tally.text());
      }
    }
    return 0;
  }

  private List<ValueSpec> inputs(Model model) throws IOException {
    if (model.runsElsewhere()) {
      return ServedInputs.of(device.server(), name);
    }
    if (model.version().isEmpty()) {
      throw new CliException(
          "Model '"
              + name
              + "' is not on this device.\nMaybe fetch it with 'insitu pull "
              + name
              + "'.");
    }
    return model.inputs();
  }

  private Answer answer(Model model, Samples samples, int index, Optional<ExitPolicy> policy) {
    Map<String, Tensor> question = new HashMap<>();
    for (Map.Entry<String, Column> column : samples.columns().entrySet()) {
      question.put(
          column.getKey(),
          DemoMaterial.tensor(column.getValue(), index, 1, column.getValue().shape()));
    }
    long began = System.nanoTime();
    Answer answer =
        policy.isPresent() ? model.answer(question, policy.get()) : model.answer(question);
    double milliseconds = (System.nanoTime() - began) * 1e-6;
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("model", name);
    object.put("version", model.version().orElse(""));
    object.put("sample", index);
    object.put("milliseconds", milliseconds);
    object.put("origin", origin(answer));
    object.put("depth", answer.depth());
    answer.exit().ifPresent(exit -> object.put("exit", exit));
    answer.macsShare().ifPresent(share -> object.put("macsShare", share));
    Map<String, Object> outputs = new LinkedHashMap<>();
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%s  sample %d, %.2f ms%s%s",
                model.version().map(version -> name + ":" + version).orElse(name),
                index,
                milliseconds,
                answer.exit().isPresent() ? ", exit after segment " + (answer.depth() - 1) : "",
                elsewhere(answer)));
    answer
        .outputs()
        .forEach((output, value) -> {
          outputs.put(
              output,
              Map.of(
                  "shape",
                  value.shape(),
                  "values",
                  value.type().floating() ? value.floats() : value.longs()));
          text.append(
              String.format(
                  Locale.ROOT,
                  "%n  %s %s  %s",
                  output,
                  Arrays.toString(value.shape()),
                  brief(value)));
        });
    object.put("outputs", outputs);
    console.print(object, text.toString());
    return answer;
  }

  /** Who answered, as JSON names it. */
  private static String origin(Answer answer) {
    return switch (answer.origin()) {
      case DEVICE -> "device";
      case SERVER -> "server";
      case DEVICE_WITHOUT_SERVER -> "deviceWithoutServer";
    };
  }

  /** Who answered, for people, if it was not simply the device. */
  private static String elsewhere(Answer answer) {
    return switch (answer.origin()) {
      case DEVICE -> "";
      case SERVER ->
          answer.depth() == 0
              ? ", the server"
              : ", the server from segment " + answer.depth() + " on";
      case DEVICE_WITHOUT_SERVER -> ", without the server, which did not answer";
    };
  }

  private static String brief(Tensor value) {
    if (!value.type().floating()) {
      return Arrays.toString(Arrays.copyOf(value.longs(), (int) Math.min(SHOWN, value.size())));
    }
    float[] floats = value.floats();
    int best = 0;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < floats.length; i++) {
      if (floats[i] > floats[best]) {
        best = i;
      }
      if (i < SHOWN) {
        text.append(String.format(Locale.ROOT, "%.4g ", floats[i]));
      }
    }
    return text + (floats.length > SHOWN ? "… " : "") + "(largest: " + best + ")";
  }
}
