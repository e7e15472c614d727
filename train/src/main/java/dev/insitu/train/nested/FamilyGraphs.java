package dev.insitu.train.nested;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.forge.ExitHead;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Calibration;
import dev.insitu.train.Forward;
import dev.insitu.train.Parameter;
import dev.insitu.train.Parameters;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.exits.Heads;
import dev.insitu.train.nested.Family.Narrower;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is trained of a family: the shared weights, a graph for each width, the heads of each.
 * With widths the channels stand in order of importance until the family is written.
 */
final class FamilyGraphs implements AutoCloseable {

  /** Heads begin with fresh weights. */
  private static final double RATE_OF_HEADS = 10;

  private final TrainableGraph shared;
  private final Optional<WidthAxis> axis;
  private final Path directory;
  private final List<WidthGraph> widths = new ArrayList<>();
  private final List<Heads> heads = new ArrayList<>();

  private FamilyGraphs(TrainableGraph shared, Optional<WidthAxis> axis, Path directory) {
    this.shared = shared;
    this.axis = axis;
    this.directory = directory;
  }

  /**
   * Makes the graphs.
   *
   * @param batches on these statistics are measured of narrower models and heads
   * @param directory gets files of narrower models and heads
   */
  static FamilyGraphs of(
      OnnxModel root,
      Nesting nesting,
      Calibration batches,
      Path directory,
      long seed,
      NDManager manager)
      throws IOException {
    FamilyGraphs family =
        new FamilyGraphs(TrainableGraph.of(root, manager), nesting.widths(), directory);
    try (NDManager scope = manager.newSubManager()) {
      family.addWidths(batches, manager);
      Map<String, NDArray> sample = batches.inputs(scope, 0);
      for (int width = 0; width < family.count(); width++) {
        String suffix = width == 0 ? "" : "-width" + width;
        family.heads.add(
            Heads.fresh(
                family.graph(width), sample, nesting.exits(), directory, suffix, seed, manager));
        family.heads.getLast().parameters().forEach(p -> p.setRateFactor(RATE_OF_HEADS));
        int number = width;
        family
            .heads
            .getLast()
            .calibrate(
                batches, (in, inputs, forward) -> family.forward(in, inputs, forward, number));
      }
      return family;
    } catch (IOException | RuntimeException e) {
      family.close();
      throw e;
    }
  }

  private void addWidths(Calibration batches, NDManager manager) {
    if (axis.isEmpty()) {
      return;
    }
    ChannelOrder order = new ChannelOrder(axis.get());
    move(order, false);
    for (int width = 0; width < axis.get().count(); width++) {
      widths.add(new WidthGraph(shared, axis.get(), width, manager));
      if (width > 0) {
        widths.getLast().calibrate(batches);
      }
    }
  }

  private void move(ChannelOrder order, boolean back) {
    for (Parameter parameter : shared.parameters().all()) {
      NDArray array = parameter.array();
      long[] dims = array.getShape().getShape();
      float[] values = array.toFloatArray();
      String name = parameter.name();
      Torch.set(
          array, back ? order.restored(name, dims, values) : order.ordered(name, dims, values));
    }
  }

  /** Whether there are narrower models. */
  boolean hasWidths() {
    return axis.isPresent();
  }

  /** How many widths there are. */
  private int count() {
    return axis.map(WidthAxis::count).orElse(1);
  }

  private TrainableGraph graph(int width) {
    return widths.isEmpty() ? shared : widths.get(width).graph();
  }

  /** The weights that all widths share. */
  Parameters shared() {
    return shared.parameters();
  }

  /** All that is trained. */
  List<Parameters> parameters() {
    List<Parameters> all = new ArrayList<>(List.of(shared.parameters()));
    widths.forEach(width -> all.add(width.own()));
    heads.forEach(some -> all.addAll(some.parameters()));
    return all;
  }

  /** The heads of a width. */
  Heads heads(int width) {
    return heads.get(width);
  }

  /** Runs a model; hooks of the forward pass act on the narrower weights. */
  Map<String, NDArray> forward(
      NDManager scope, Map<String, NDArray> inputs, Forward forward, int width) {
    return widths.isEmpty()
        ? shared.forward(scope, inputs, forward)
        : widths.get(width).graph().forward(scope, inputs, widths.get(width).with(forward));
  }

  /** Writes everything; nothing can be trained afterwards. */
  Family write(Map<String, Float> steps) {
    List<Narrower> narrower = new ArrayList<>();
    for (int width = 1; width < count(); width++) {
      WidthAxis all = axis.orElseThrow();
      double share = all.shares().get(width - 1);
      Path file = directory.resolve("family-width" + width + ".onnx");
      widths.get(width).writeTo(file);
      List<ExitHead> exits = heads.get(width).write();
      narrower.add(new Narrower(share, all.widths(width), file, exits));
    }
    axis.map(ChannelOrder::new)
        .ifPresent(order -> {
          move(order, true);
          order.restore(heads.getFirst());
        });
    Path file = directory.resolve("family.onnx");
    shared.writeTo(file);
    return new Family(
        file,
        steps,
        axis.map(WidthAxis::orders).orElse(List.of()),
        heads.getFirst().write(),
        narrower);
  }

  @Override
  public void close() {
    heads.forEach(Heads::close);
    widths.forEach(WidthGraph::close);
    shared.close();
  }
}
