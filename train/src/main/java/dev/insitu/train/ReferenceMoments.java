package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.model.proto.AttributeProto;
import dev.insitu.model.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What reaches the batch normalisations of a reference model in one step, and statistics for a
 * changed model that follow it: a stored mean and variance, moved by as much as the change moves
 * what reaches them on the same samples. So what samples unlike those that the statistics were
 * learnt from do to both models cancels.
 *
 * <p>With mean {@code m} and variance {@code v} of the changed model's values, {@code r} and {@code
 * s} of the reference's, and stored {@code M} and {@code V}, the statistics are {@code m + (M - r)
 * sqrt(v / s)} and {@code V v / s}. Normalising with these is normalising with {@code m} and {@code
 * v} and a scale that is {@code sqrt(s / V)} times as large, a shift with {@code (r - M) / sqrt(V)}
 * times the scale more, through which gradients pass exactly.
 */
public final class ReferenceMoments {

  private static final String NORMALISATION = "BatchNormalization";
  private static final int SCALE = 1;
  private static final int SHIFT = 2;
  private static final int MEAN = 3;
  private static final int VARIANCE = 4;
  private static final float USUAL_EPSILON = 1e-5f;

  private final Map<String, Moments> byMean = new HashMap<>();

  private record Moments(NDArray mean, NDArray variance) {}

  static boolean concerns(NodeProto node) {
    return node.getOpType().equals(NORMALISATION);
  }

  /** Notes what reaches a normalisation of the reference, which is run without gradients. */
  void note(NodeProto node, List<@Nullable NDArray> inputs) {
    NDArray x = required(inputs, 0);
    long channels = x.getShape().get(1);
    NDArray rows = x.reshape(x.getShape().get(0), channels, -1);
    NDArray mean = byChannel(rows);
    NDArray centred = rows.sub(mean.reshape(1, channels, 1));
    byMean.put(node.getInput(MEAN), new Moments(mean, byChannel(centred.mul(centred))));
  }

  /** Means float[channels] of float[n][channels][values]. */
  private static NDArray byChannel(NDArray rows) {
    return rows.mean(new int[] {2}).mean(new int[] {0});
  }

  /**
   * Inputs with which a normalisation by the batch's own statistics does what one by statistics
   * that follow the reference does.
   *
   * @throws TrainException if the reference has no normalisation of that name
   */
  List<@Nullable NDArray> follow(NodeProto node, List<@Nullable NDArray> inputs) {
    Moments reference = byMean.get(node.getInput(MEAN));
    if (reference == null) {
      throw new TrainException(
          "Nothing was noted of what reaches '" + node.getInput(MEAN) + "' in the reference.");
    }
    float epsilon = epsilon(node);
    NDManager own = required(inputs, 0).getManager();
    NDArray scale = required(inputs, SCALE);
    NDArray stored = required(inputs, VARIANCE).add(epsilon);
    NDArray deviation = stored.sqrt();
    NDArray wider = reference.variance.add(epsilon).sqrt().div(deviation);
    NDArray further = reference.mean.sub(required(inputs, MEAN)).div(deviation);
    List<@Nullable NDArray> following = new ArrayList<>(inputs);
    following.set(SCALE, scale.mul(wider));
    following.set(SHIFT, required(inputs, SHIFT).add(scale.mul(further)));
    following.set(MEAN, own.zeros(stored.getShape())); // a normalisation by the batch writes them
    following.set(VARIANCE, own.ones(stored.getShape()));
    return following;
  }

  private static NDArray required(List<@Nullable NDArray> inputs, int input) {
    NDArray array = input < inputs.size() ? inputs.get(input) : null;
    if (array == null) {
      throw new TrainException(NORMALISATION + " lacks input " + input + ".");
    }
    return array;
  }

  private static float epsilon(NodeProto node) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals("epsilon")) {
        return attribute.getF();
      }
    }
    return USUAL_EPSILON;
  }
}
