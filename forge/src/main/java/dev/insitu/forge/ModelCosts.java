package dev.insitu.forge;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What models of a width cost by depth, whatever their bits. */
final class ModelCosts {

  private ModelCosts() {}

  /** What runs for an answer at a depth: the segments, and the head if it is an exit. */
  private static List<SegmentSpec> steps(Manifest view, int depth) {
    List<SegmentSpec> steps = new ArrayList<>(view.segments().subList(0, depth));
    view.exitAt(depth).map(ExitSpec::head).ifPresent(steps::add);
    return steps;
  }

  /** Multiply-accumulates of one sample; 0 if unknown. */
  static long macs(Manifest view, int depth) {
    return steps(view, depth).stream().mapToLong(SegmentSpec::macs).sum();
  }

  /** Weights as they are computed with, each once, and the most activations of one sample. */
  static long memoryBytes(Manifest view, int depth) {
    List<SegmentSpec> steps = steps(view, depth);
    long weights =
        steps.stream()
            .flatMap(step -> step.tensors().stream())
            .distinct()
            .mapToLong(tensor -> view.tensors().get(tensor).byteLength())
            .sum();
    long activations = steps.stream().mapToLong(SegmentSpec::activationBytes).max().orElse(0);
    return weights + activations;
  }

  /**
   * Seconds for an answer at a depth.
   *
   * @param ofSteps seconds of every segment and, after the one it follows, of every head
   */
  static double seconds(Manifest view, int depth, List<Double> ofSteps) {
    double sum = 0;
    int next = 0;
    for (int segment = 0; segment < depth; segment++) {
      sum += ofSteps.get(next++);
      boolean head = view.exitAt(segment + 1).isPresent();
      if (head && segment + 1 == depth) {
        sum += ofSteps.get(next);
      }
      next += head ? 1 : 0;
    }
    return sum;
  }

  /** Depths at which a width answers: its exits', then the whole. */
  static List<Integer> depths(Manifest view) {
    return Stream.concat(
            view.exits().stream().map(ExitSpec::depth), Stream.of(view.segments().size()))
        .toList();
  }
}
