package dev.insitu.forge;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.model.HeadGraph;
import dev.insitu.model.HeadedModel;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.SegmentPlan;
import dev.insitu.model.Weight;
import dev.insitu.model.WeightLocator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The heads of a package's exits, opened, and all its weights: the root's, then what each head has
 * of its own. A head's weight that the root or an earlier head has as well, byte for byte, is
 * theirs.
 */
final class Heads implements AutoCloseable {

  private final List<OnnxModel> opened = new ArrayList<>();
  private final List<Placed> placed = new ArrayList<>();
  private final List<Weight> weights;

  /**
   * A head and where its weights are.
   *
   * @param tensors by number of the head's weight the number of the package's tensor
   * @param firstOwn the first tensor that is its own; those to the next head's are
   */
  private record Placed(int after, HeadGraph graph, List<Integer> tensors, int firstOwn) {}

  private Heads(OnnxModel root) {
    this.weights = new ArrayList<>(root.weights());
  }

  /**
   * Opens and checks the heads.
   *
   * @param plan the root's segments
   * @throws ForgeException if there are more exits than cuts, or two at one
   * @throws dev.insitu.model.OnnxException if a head cannot be read or does not fit the root
   */
  static Heads open(OnnxModel root, SegmentPlan plan, List<ExitHead> exits) {
    requirePlaces(exits, plan.cuts().size());
    Heads heads = new Heads(root);
    try {
      exits.stream()
          .sorted(Comparator.comparingInt(ExitHead::afterSegment))
          .forEach(exit -> heads.add(root, plan, exit));
      return heads;
    } catch (RuntimeException | Error e) {
      heads.close();
      throw e;
    }
  }

  private static void requirePlaces(List<ExitHead> exits, int cuts) {
    if (exits.size() > cuts) {
      throw new ForgeException(
          exits.size()
              + " exits were asked for; the model has "
              + cuts
              + " cuts between its "
              + (cuts + 1)
              + " segments.\nMaybe ask for more segments.");
    }
    for (ExitHead exit : exits) {
      if (exit.afterSegment() >= cuts) {
        throw new ForgeException(
            "An exit was asked for after segment "
                + exit.afterSegment()
                + "; exits stand after the segments 0 to "
                + (cuts - 1)
                + ", before the last.");
      }
      if (exits.stream().filter(o -> o.afterSegment() == exit.afterSegment()).count() > 1) {
        throw new ForgeException(
            "Two exits were asked for after segment " + exit.afterSegment() + ".");
      }
    }
  }

  private void add(OnnxModel root, SegmentPlan plan, ExitHead exit) {
    OnnxModel head = OnnxModel.open(exit.onnx());
    opened.add(head);
    HeadGraph graph = HeadGraph.of(root, plan, exit.afterSegment(), head);
    int firstOwn = weights.size();
    List<Integer> tensors = new ArrayList<>();
    for (Weight weight : graph.weights()) {
      tensors.add(place(weight, graph));
    }
    placed.add(new Placed(exit.afterSegment(), graph, tensors, firstOwn));
  }

  private int place(Weight weight, HeadGraph graph) {
    for (Weight other : weights) {
      if (SameWeight.test(weight, other)) {
        return other.index();
      }
    }
    int index = weights.size();
    weights.add(
        new Weight(
            index,
            graph.named(weight.name()),
            weight.elementType(),
            weight.dims(),
            weight.role(),
            weight.outputAxis(),
            weight.data()));
    return index;
  }

  /** All weights of the package in tensor order. */
  List<Weight> weights() {
    return weights;
  }

  /** As {@link #weights}, the root's as another model of the same weights has them. */
  List<Weight> weightsWith(OnnxModel root) {
    List<Weight> all = new ArrayList<>(root.weights());
    all.addAll(weights.subList(all.size(), weights.size()));
    return all;
  }

  /** Where the tensors of the root end and those of each head, ascending. */
  List<Integer> ends() {
    List<Integer> ends = new ArrayList<>();
    placed.forEach(head -> ends.add(head.firstOwn()));
    ends.add(weights.size());
    return ends;
  }

  /** The heads as graphs, in the order of their exits. */
  List<HeadGraph> graphs() {
    return placed.stream().map(Placed::graph).toList();
  }

  /** The segments that the heads follow, in the same order. */
  List<Integer> places() {
    return placed.stream().map(Placed::after).toList();
  }

  /** The weights that heads use, the root's among them. */
  List<Integer> used() {
    return placed.stream().flatMap(head -> head.tensors().stream()).toList();
  }

  /** The root and its heads as one model. */
  OnnxModel joined(OnnxModel root) {
    return HeadedModel.of(root, graphs(), weights, placed.stream().map(Placed::tensors).toList());
  }

  /** The files they come from. */
  List<Path> files() {
    return opened.stream().flatMap(head -> head.files().stream()).toList();
  }

  /** The exits as the package holds them at the whole width. */
  List<ExitSpec> specs(PackageTensors tensors, WeightLocator locator, int width) {
    return placed.stream().map(head -> spec(head, tensors, locator, width)).toList();
  }

  private ExitSpec spec(Placed head, PackageTensors tensors, WeightLocator locator, int width) {
    List<String> names = head.tensors().stream().map(t -> weights.get(t).name()).toList();
    byte[] graph = head.graph().graph(names, weight -> locator.offset(head.tensors().get(weight)));
    var profile = head.graph().profile();
    return new ExitSpec(
        head.after(),
        SegmentSpec.of(
            head.graph().inputs(),
            head.graph().outputs(),
            tensors.tensorsOf(head.tensors(), width),
            profile.macs(),
            profile.activationBytes(),
            graph));
  }

  @Override
  public void close() {
    opened.forEach(OnnxModel::close);
  }
}
