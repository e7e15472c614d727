package dev.insitu.forge.quantise;

import dev.insitu.forge.integer.FloatModel;
import dev.insitu.forge.integer.OutputComparison;
import dev.insitu.forge.samples.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What quantisers do to a model: all its layers' weights go through one after the other. */
public final class QuantiserComparison {

  /**
   * What one quantiser did.
   *
   * @param name of the quantiser
   * @param bitsPerWeight of the layers' weights, side information included
   * @param relativeWeightError squared error of the weights over their power, the mean of all
   *     tensors by their lengths
   * @param outputs the answers beside those of the model as it was
   */
  public record Row(
      String name, double bitsPerWeight, double relativeWeightError, OutputComparison outputs) {}

  private QuantiserComparison() {}

  /**
   * Quantises a model with each quantiser.
   *
   * @param model an ONNX file; weights of Conv, Gemm and MatMul are quantised, biases and all else
   *     stay as they are
   * @param samples to compare answers on
   */
  public static List<Row> compare(Path model, Samples samples, List<Quantiser> quantisers) {
    FloatModel root = FloatModel.read(model);
    OutputComparison.Reference reference =
        new OutputComparison.Reference(root.bytes(Map.of()), samples);
    List<Row> rows = new ArrayList<>();
    for (Quantiser quantiser : quantisers) {
      rows.add(row(root, reference, quantiser));
    }
    return rows;
  }

  private static Row row(
      FloatModel root, OutputComparison.Reference reference, Quantiser quantiser) {
    Map<String, float[]> changed = new LinkedHashMap<>();
    long bits = 0;
    long count = 0;
    double error = 0;
    for (FloatModel.LayerWeights layer : root.layers()) {
      Weights weights = new Weights(layer.byChannel(), layer.channels());
      Quantised quantised = quantiser.quantise(weights);
      bits += quantised.bits();
      count += weights.values().length;
      double power = 0;
      for (float value : weights.values()) {
        power += (double) value * value / weights.values().length;
      }
      double relative = power == 0 ? 0 : quantised.meanSquaredError(weights) / power;
      error += relative * weights.values().length;
      changed.put(layer.name(), layer.inPlace(quantised.values()));
    }
    OutputComparison outputs = reference.compare(root.bytes(changed));
    return new Row(quantiser.name(), (double) bits / count, error / count, outputs);
  }
}
