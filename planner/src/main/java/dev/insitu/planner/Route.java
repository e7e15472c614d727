package dev.insitu.planner;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a device computes for an answer: the first segments of a width, and an exit's head. */
final class Route {

  final int width; // number among the package's widths
  final int depth; // segments; 0 if it computes nothing
  final int exit; // number of the exit whose head comes last, or -1
  final long[] stepMacs; // multiply-accumulates of each segment, then of the head
  final long macs;
  final long weightBytes; // as they are computed with, each tensor once
  final long largestStepBytes; // weights of the step that has most
  final long activationBytes; // the most at once, one sample

  private Route(int width, int depth, int exit, List<SegmentSpec> steps, Manifest manifest) {
    this.width = width;
    this.depth = depth;
    this.exit = exit;
    this.stepMacs = steps.stream().mapToLong(SegmentSpec::macs).toArray();
    this.macs = Arrays.stream(stepMacs).sum();
    this.weightBytes =
        bytes(
            manifest, steps.stream().flatMap(step -> step.tensors().stream()).distinct().toList());
    this.largestStepBytes =
        steps.stream().mapToLong(step -> bytes(manifest, step.tensors())).max().orElse(0);
    this.activationBytes = steps.stream().mapToLong(SegmentSpec::activationBytes).max().orElse(0);
  }

  private static long bytes(Manifest manifest, List<Integer> tensors) {
    return tensors.stream().mapToLong(tensor -> manifest.tensors().get(tensor).byteLength()).sum();
  }

  /** The first segments without a head: a device's side of a cut, or the whole. */
  static Route segments(Manifest view, int depth) {
    return new Route(view.width(), depth, -1, view.segments().subList(0, depth), view);
  }

  /** The models of a width that answer by themselves: its exits', then the whole. */
  static List<Route> answering(Manifest view) {
    List<Route> routes = new ArrayList<>();
    IntStream.range(0, view.exits().size())
        .forEach(i -> {
          ExitSpec exit = view.exits().get(i);
          if (exit.depth() < view.segments().size()) {
            List<SegmentSpec> steps = new ArrayList<>(view.segments().subList(0, exit.depth()));
            steps.add(exit.head());
            routes.add(new Route(view.width(), exit.depth(), i, steps, view));
          }
        });
    routes.add(segments(view, view.segments().size()));
    return routes;
  }

  /** Segments and head. */
  int steps() {
    return stepMacs.length;
  }
}
