package dev.insitu.forge;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A head with which the model can answer early.
 *
 * @param afterSegment the segment that it follows
 * @param onnx an ONNX file whose inputs are named after inputs of the model or values that its
 *     segments make up to there, and whose outputs stand for the model's, in their order
 */
public record ExitHead(int afterSegment, Path onnx) {

  public ExitHead {
    Objects.requireNonNull(onnx);
    if (afterSegment < 0) {
      throw new ForgeException(
          "An exit was asked for after segment " + afterSegment + "; the first one is 0.");
    }
  }
}
