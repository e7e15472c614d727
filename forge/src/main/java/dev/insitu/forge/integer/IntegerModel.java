package dev.insitu.forge.integer;

import dev.insitu.forge.integer.CodeType.Codes;
import dev.insitu.forge.samples.Samples;
import dev.insitu.model.proto.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Makes an integer model of a float one: an ONNX file in QDQ form, which ONNX Runtime and compilers
 * for integer hardware run with 8-bit kernels.
 *
 * <p>Batch normalisations are folded into convolutions; the float model runs on samples to learn
 * which numbers its values take; weights get a scale per output channel, values one each; biases
 * are in 32 bits. Nothing is trained and no labels are needed.
 */
public final class IntegerModel {

  private final EditableGraph graph;
  private final Survey survey;
  private final Samples samples;
  private final byte[] folded;

  /**
   * An integer model that was written.
   *
   * @param bytes of the file
   * @param integerLayers names of the layers that compute in integers
   * @param floatLayers names of layers that could but do not
   * @param comparison of its answers with the float model's on the samples
   */
  public record Result(
      long bytes,
      List<String> integerLayers,
      List<String> floatLayers,
      OutputComparison comparison) {

    public Result {
      integerLayers = List.copyOf(integerLayers);
      floatLayers = List.copyOf(floatLayers);
    }
  }

  private IntegerModel(ModelProto model, Samples samples) {
    this.graph = new EditableGraph(model);
    this.samples = samples;
    FoldBatchNorm.apply(graph);
    this.survey = Survey.of(graph, samples);
    PoolMeans.apply(graph, survey.shapes());
    this.folded = graph.build().toByteArray();
  }

  /**
   * Writes the integer model.
   *
   * @param model an ONNX file with float32 layers
   * @param samples like those that the model will meet; a few hundred are enough
   * @param out replaced when the new file is complete
   * @throws dev.insitu.model.OnnxException if the model cannot be read
   * @throws IntegerException if it has no layer to make integer, or cannot run
   * @throws dev.insitu.forge.samples.SampleException if the samples do not fit it
   */
  public static Result write(Path model, Samples samples, IntegerOptions options, Path out)
      throws IOException {
    return new IntegerModel(WholeModel.read(model), samples).write(options, out);
  }

  private Result write(IntegerOptions options, Path out) throws IOException {
    OutputComparison.Reference reference = new OutputComparison.Reference(folded, samples);
    IntegerOptions chosen = options;
    if (options.keepWorst() > 0) {
      chosen = options.withMoreFloat(worst(options, reference));
    }
    QuantisationPlan plan = plan(chosen);
    byte[] bytes = qdq(plan, chosen).toByteArray();
    Path part = out.resolveSibling(out.getFileName() + "." + UUID.randomUUID() + ".part");
    try {
      Files.write(part, bytes);
      Files.move(part, out, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
    List<String> integer = plan.layers().stream().map(Layer::name).toList();
    List<String> left = new ArrayList<>(names());
    left.removeAll(integer);
    return new Result(bytes.length, integer, left, reference.compare(bytes));
  }

  private List<String> names() {
    return QuantisationPlan.candidates(graph, survey.floats()).stream().map(Layer::name).toList();
  }

  private QuantisationPlan plan(IntegerOptions options) {
    for (String wanted : options.keepFloat()) {
      if (QuantisationPlan.candidates(graph, survey.floats()).stream()
          .noneMatch(layer -> layer.isCalled(wanted))) {
        throw new IntegerException(
            "There is no layer '" + wanted + "' to keep float.\nMaybe one of " + names() + ".");
      }
    }
    QuantisationPlan plan = QuantisationPlan.of(graph, survey.floats(), options.keepFloat());
    if (plan.layers().isEmpty()) {
      throw new IntegerException(
          "The model has no float32 layer (Conv, Gemm, MatMul with constant weights) to make"
              + " integer.\nMaybe all were kept float, or it is integer or half precision"
              + " already.");
    }
    return plan;
  }

  private ModelProto qdq(QuantisationPlan plan, IntegerOptions options) {
    return qdq(plan, options, codes(plan, options, histograms(plan)));
  }

  private Map<String, Histogram> histograms(QuantisationPlan plan) {
    return Calibration.histograms(graph, survey, samples, plan.ranges());
  }

  private static Map<String, Codes> codes(
      QuantisationPlan plan, IntegerOptions options, Map<String, Histogram> histograms) {
    Map<String, Codes> codes = new HashMap<>();
    for (String value : plan.ranges()) {
      Histogram seen = histograms.getOrDefault(value, new Histogram());
      codes.put(value, options.activations().codes(options.clipping().range(seen)));
    }
    return codes;
  }

  private ModelProto qdq(QuantisationPlan plan, IntegerOptions options, Map<String, Codes> codes) {
    Map<String, float[]> biases = new HashMap<>();
    if (options.correctBiases()) {
      Map<String, double[]> shifts =
          LayerErrors.meanShifts(graph, survey, plan, codes, options, samples);
      for (Layer layer : plan.layers()) {
        double[] shift = shifts.get(layer.name());
        if (shift != null) {
          biases.put(layer.name(), Recalibration.correctedBias(layer.bias(), shift));
        }
      }
    }
    return QdqWriter.write(graph, plan, codes, biases, options);
  }

  /** The layers that, integer alone, change the answers most. */
  private Set<String> worst(IntegerOptions options, OutputComparison.Reference reference) {
    Set<String> all = new LinkedHashSet<>(names());
    Map<String, Histogram> histograms = histograms(plan(options));
    Map<String, Double> costs = new HashMap<>();
    for (Layer layer : plan(options).layers()) {
      Set<String> others = new LinkedHashSet<>(all);
      others.remove(layer.name());
      QuantisationPlan alone = QuantisationPlan.of(graph, survey.floats(), others);
      Map<String, Histogram> known = new HashMap<>(histograms);
      known.putAll(Calibration.histograms(graph, survey, samples, missing(alone, histograms)));
      ModelProto model =
          QdqWriter.write(graph, alone, codes(alone, options, known), Map.of(), options);
      costs.put(layer.name(), reference.compare(model.toByteArray()).relativeError());
    }
    return costs.entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(options.keepWorst())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static Set<String> missing(QuantisationPlan plan, Map<String, Histogram> known) {
    return plan.ranges().stream()
        .filter(value -> !known.containsKey(value))
        .collect(Collectors.toSet());
  }
}
