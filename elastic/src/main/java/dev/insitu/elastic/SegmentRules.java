package dev.insitu.elastic;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold between a model's segments, exits, inputs and outputs (format, section 5). */
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
   *     model is there in the end; and every exit follows another segment than the last one and
   *     gives as many outputs as the model
   */
  static void check(
      List<ValueSpec> inputs,
      List<ValueSpec> outputs,
      List<SegmentSpec> segments,
      List<ExitSpec> exits,
      int tensors) {
    if (segments.isEmpty()) {
      throw ElasticException.corrupt("The manifest has no segment.");
    }
    SegmentRules rules = new SegmentRules(tensors);
    for (ValueSpec input : inputs) {
      rules.define(input.name(), "the model's inputs");
    }
    Set<String> ofHeads = new HashSet<>();
    int next = 0;
    for (int i = 0; i < segments.size(); i++) {
      rules.check(segments.get(i), "segment " + i, rules.known);
      if (next < exits.size() && exits.get(next).after() == i) {
        checkExit(exits.get(next), segments.size(), outputs.size());
        rules.check(exits.get(next).head(), "the exit after segment " + i, ofHeads);
        next++;
      }
    }
    if (next < exits.size()) {
      throw misplaced(exits.get(next), segments.size());
    }
    for (ValueSpec output : outputs) {
      rules.requireKnown(output.name(), "The model's output");
    }
    ofHeads.forEach(name -> rules.define(name, "an exit"));
  }

  private static void checkExit(ExitSpec exit, int segments, int outputs) {
    if (exit.after() == segments - 1) {
      throw misplaced(exit, segments);
    }
    if (exit.head().outputs().size() != outputs) {
      throw ElasticException.corrupt(
          "The exit after segment "
              + exit.after()
              + " makes "
              + exit.head().outputs().size()
              + " values, the model "
              + outputs
              + ".");
    }
  }

  private static ElasticException misplaced(ExitSpec exit, int segments) {
    return ElasticException.corrupt(
        "An exit stands after segment "
            + exit.after()
            + " of "
            + segments
            + ": exits ascend strictly and stand before the last segment.");
  }

  /** Most tensors of all segments and exits together, counted once for each. */
  static int mostUses(int tensors) {
    return FREE_USES + USES_OF_A_TENSOR * tensors;
  }

  private void check(SegmentSpec segment, String what, Set<String> made) {
    checkTensors(segment, what);
    nameCount += segment.inputs().size() + segment.outputs().size();
    ManifestRules.requireAtMost(
        "inputs and outputs of segments", nameCount, Manifest.MAX_SEGMENT_NAMES);
    String reader = sentence(what) + " reads";
    for (String input : segment.inputs()) {
      requireKnown(input, reader);
    }
    for (String output : segment.outputs()) {
      if (!made.add(output)) {
        throw madeTwice(output, what);
      }
    }
  }

  private void checkTensors(SegmentSpec segment, String what) {
    int previous = -1;
    for (int tensor : segment.tensors()) {
      if (tensor <= previous || tensor >= tensorCount) {
        throw ElasticException.corrupt(
            sentence(what)
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

  private void define(String name, String by) {
    if (!known.add(name)) {
      throw madeTwice(name, by);
    }
  }

  private static ElasticException madeTwice(String name, String by) {
    return ElasticException.corrupt(
        "The value "
            + Names.quote(name)
            + " of "
            + by
            + " was there before: every value is made once.");
  }

  private static String sentence(String what) {
    return Character.toUpperCase(what.charAt(0)) + what.substring(1);
  }

  private void requireKnown(String name, String reader) {
    if (!known.contains(name)) {
      throw ElasticException.corrupt(
          reader + " " + Names.quote(name) + ", which no input and no earlier segment gives.");
    }
  }
}
