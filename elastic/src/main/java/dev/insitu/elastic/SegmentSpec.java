package dev.insitu.elastic;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A run of the model between two cut points, as a finished graph without weights.
 *
 * @param inputs names of the values it reads: inputs of the model or outputs of earlier segments
 * @param outputs names of the values it makes for later segments or as the model's outputs
 * @param tensors ascending numbers of the tensors it uses
 * @param macs multiply-accumulates for one sample; 0 if unknown
 * @param activationBytes peak bytes of activations for one sample; 0 if unknown
 * @param graph ONNX ModelProto, not to be written to, whose tensors are EXTERNAL initializers in
 *     {@code weights.bin}
 */
public record SegmentSpec(
    List<String> inputs,
    List<String> outputs,
    List<Integer> tensors,
    long macs,
    long activationBytes,
    ByteBuffer graph) {

  public SegmentSpec {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    tensors = List.copyOf(tensors);
    graph = Objects.requireNonNull(graph).asReadOnlyBuffer();
    if (macs < 0 || activationBytes < 0) {
      throw ElasticException.corrupt(
          "A segment claims " + macs + " MACs and " + activationBytes + " bytes of activations.");
    }
  }

  /** A segment with its graph in an array, which is copied. */
  public static SegmentSpec of(
      List<String> inputs,
      List<String> outputs,
      int[] tensors,
      long macs,
      long activationBytes,
      byte[] graph) {
    List<Integer> boxed = Arrays.stream(tensors).boxed().collect(Collectors.toUnmodifiableList());
    return new SegmentSpec(
        inputs, outputs, boxed, macs, activationBytes, ByteBuffer.wrap(graph.clone()));
  }

  /** The graph; a view with its own position. */
  @Override
  public ByteBuffer graph() {
    return graph.duplicate();
  }
}
