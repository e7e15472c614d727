package dev.insitu.runtime;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.plan.ExitPolicy;
import java.util.Arrays;
import java.util.List;

/** Decides whether an exit's answer will do: by the model's first output of floats. Immutable. */
final class ExitJudge {

  private final Manifest manifest;
  private final int scores; // which output; -1 if none tells classes

  ExitJudge(Manifest manifest) {
    this.manifest = manifest;
    List<ValueSpec> outputs = manifest.outputs();
    int found = -1;
    for (int i = outputs.size() - 1; i >= 0; i--) {
      found = isFloat(outputs.get(i)) ? i : found;
    }
    this.scores = found;
  }

  private static boolean isFloat(ValueSpec output) {
    for (ElementType type : ElementType.values()) {
      if (type.onnx() == output.onnxType()) {
        return type.floating();
      }
    }
    return false;
  }

  /** Whether an exit is to be asked at all. */
  boolean asks(ExitPolicy policy, int exit) {
    return scores >= 0 && policy.asks(exit);
  }

  /**
   * Whether every sample of a batch is answered well enough; anything but scores by sample and
   * class never is.
   */
  boolean answers(ExitPolicy policy, int exit, EngineValues values) {
    Tensor all = values.export(manifest.exits().get(exit).head().outputs().get(scores));
    long[] shape = all.shape();
    if (shape.length != 2 || shape[0] < 1 || shape[1] < 2) {
      return false;
    }
    float[] floats = all.floats();
    int classes = (int) shape[1];
    for (int at = 0; at < floats.length; at += classes) {
      if (!policy.answers(exit, Arrays.copyOfRange(floats, at, at + classes))) {
        return false;
      }
    }
    return true;
  }
}
