package dev.insitu.elastic;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold between a model's segments, its inputs and its outputs (format, section 5). */
final class SegmentRules {

  private static final int FREE_USES = 65_536;
  private static final int USES_OF_A_TENSOR = 4;

  private final Set<String> known = new HashSet<>();
  private final int tensorCount;
  private int nameCount;
  private int useCount;

  private SegmentRules(int tensorCount) {
    this.tensorCount = tensorCount;
  }

  /**
   * @throws ElasticException unless every segment uses tensors there are and reads only inputs of
   *     the model and outputs of earlier segments, no value is made twice, and every output of the
   *     model is there in the end
   */
  static void check(
      List<ValueSpec> inputs, List<ValueSpec> outputs, List<SegmentSpec> segments, int tensors) {
    if (segments.isEmpty()) {
      throw ElasticException.corrupt("The manifest has no segment.");
    }
    SegmentRules rules = new SegmentRules(tensors);
    for (ValueSpec input : inputs) {
      rules.define(input.name(), "the model's inputs");
    }
    for (int i = 0; i < segments.size(); i++) {
      rules.checkTensors(segments.get(i), i);
      rules.checkValues(segments.get(i), i);
    }
    for (ValueSpec output : outputs) {
      rules.requireKnown(output.name(), "The model's output");
    }
  }

  /** Most tensors of all segments together, counted once for each segment. */
  static int mostUses(int tensors) {
    return FREE_USES + USES_OF_A_TENSOR * tensors;
  }

  private void checkTensors(SegmentSpec segment, int index) {
    int previous = -1;
    for (int tensor : segment.tensors()) {
      if (tensor <= previous || tensor >= tensorCount) {
        throw ElasticException.corrupt(
            "Segment "
                + index
                + " refers to tensor "
                + tensor
                + " of "
                + tensorCount
                + " after tensor "
                + previous
                + ".");
      }
      previous = tensor;
    }
    useCount += segment.tensors().size();
    ManifestRules.requireAtMost("uses of tensors by segments", useCount, mostUses(tensorCount));
  }

  private void checkValues(SegmentSpec segment, int index) {
    nameCount += segment.inputs().size() + segment.outputs().size();
    ManifestRules.requireAtMost(
        "inputs and outputs of segments", nameCount, Manifest.MAX_SEGMENT_NAMES);
    for (String input : segment.inputs()) {
      requireKnown(input, "Segment " + index + " reads");
    }
    for (String output : segment.outputs()) {
      define(output, "segment " + index);
    }
  }

  private void define(String name, String by) {
    if (!known.add(name)) {
      throw ElasticException.corrupt(
          "The value "
              + Names.quote(name)
              + " of "
              + by
              + " was there before: every value is made once.");
    }
  }

  private void requireKnown(String name, String reader) {
    if (!known.contains(name)) {
      throw ElasticException.corrupt(
          reader + " " + Names.quote(name) + ", which no input and no earlier segment gives.");
    }
  }
}
