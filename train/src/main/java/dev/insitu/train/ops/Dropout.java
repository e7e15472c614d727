package dev.insitu.train.ops;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;

/** Leaves elements out while training, and does nothing otherwise. */
final class Dropout {

  private static final int RATIO_IS_INPUT_SINCE = 12;
  private static final float USUAL_RATIO = 0.5f;

  private Dropout() {}

  static List<NDArray> apply(OpCall c) {
    float ratio =
        c.opset() < RATIO_IS_INPUT_SINCE
            ? c.real("ratio", USUAL_RATIO)
            : c.has(1) ? c.in(1).toFloatArray()[0] : USUAL_RATIO;
    boolean drops = c.training() && ratio > 0;
    if (c.node().getOutputCount() > 1 && drops) {
      throw c.lacks("its mask as an output");
    }
    NDArray kept = drops ? JniUtils.dropout(c.in(0), ratio, true) : c.in(0);
    return c.node().getOutputCount() > 1
        ? List.of(kept, c.in(0).onesLike().toType(DataType.BOOLEAN, true))
        : List.of(kept);
  }
}
