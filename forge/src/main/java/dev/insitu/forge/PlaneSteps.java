package dev.insitu.forge;

import dev.insitu.elastic.codec.Steps;
import dev.insitu.model.OnnxModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How finely packing would quantise a model's weights. */
public final class PlaneSteps {

  /** Planes that a sub-model may lack: with {@code l} missing a step is 2^l times the finest. */
  public static final int LEVELS = WeightCoding.LEVELS;

  /** The usual finest step relative to a tensor's spread. */
  public static final double FINEST = StepChooser.FINEST;

  private PlaneSteps() {}

  /**
   * The finest step of each tensor that is coded in planes, by its name. Rows with an outlier may
   * get larger ones.
   */
  public static Map<String, Float> of(OnnxModel model) {
    TensorScan scan = new TensorScan();
    List<TensorScan.Scanned> tensors = new ArrayList<>();
    model.weights().forEach(weight -> tensors.add(scan.scan(weight)));
    Sensitivity sensitivity = Sensitivity.ofWeightsAlone(tensors);
    Map<String, Float> steps = new LinkedHashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).spec().floatPlanes()) {
        int code = StepChooser.usual(tensors.get(i).stats(), sensitivity.relativeStep(i));
        steps.put(tensors.get(i).spec().name(), Steps.value(code));
      }
    }
    return steps;
  }
}
