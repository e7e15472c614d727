package dev.insitu.model;

import java.util.List;

/**
 * A run of the graph between two cuts.
 *
 * @param index its place among the segments
 * @param nodeIndices its nodes in running order, as indices into the skeleton's graph; nodes that
 *     depend on constants only may be in several segments
 * @param weightIndices numbers of all weights it uses, ascending
 * @param inputs what it reads: inputs of the model and outputs of earlier segments
 * @param outputs what it makes for later segments or as outputs of the model
 * @param profile what it costs
 */
@SuppressWarnings("ArrayRecordComponent")
public record Segment(
    int index,
    List<Integer> nodeIndices,
    int[] weightIndices,
    List<String> inputs,
    List<String> outputs,
    Profile profile) {

  public Segment {
    nodeIndices = List.copyOf(nodeIndices);
    weightIndices = weightIndices.clone();
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  @Override
  public int[] weightIndices() {
    return weightIndices.clone();
  }
}
