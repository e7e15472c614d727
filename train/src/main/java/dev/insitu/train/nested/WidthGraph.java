package dev.insitu.train.nested;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.width.NarrowModel;
import dev.insitu.train.Calibration;
import dev.insitu.train.Forward;
import dev.insitu.train.Parameter;
import dev.insitu.train.ParameterRole;
import dev.insitu.train.Parameters;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainException;
import dev.insitu.train.TrainableGraph;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The graph of one width. Its kernels and matrices are slices of the family's, whose channels stand
 * in order of importance, so gradients reach the shared weights. What is added, scaled or
 * normalised by channel is a slice too, or a narrower graph's own.
 */
final class WidthGraph implements AutoCloseable {

  private final OnnxModel model;
  private final TrainableGraph graph;
  private final TrainableGraph family;
  private final Parameters own;
  private final Map<String, Parameter> ownByName = new LinkedHashMap<>();
  private final Map<String, List<ChannelOrder.Cut>> cuts = new LinkedHashMap<>();

  /**
   * @param family the parameters that are shared, their channels already in order
   */
  WidthGraph(TrainableGraph family, WidthAxis axis, int width, NDManager manager) {
    this.model = NarrowModel.of(axis.groups(), axis.orders(), axis.widths(width));
    this.graph = TrainableGraph.of(model, manager);
    graph.parameters().freeze();
    this.family = family;
    this.own = new Parameters(manager);
    ChannelOrder order = new ChannelOrder(axis);
    for (Parameter parameter : graph.parameters().all()) {
      String name = parameter.name();
      Parameter shared = shared(name);
      if (width > 0 && axis.ownValues() && isSmall(parameter.role())) {
        NDArray copy = parameter.array().duplicate();
        ownByName.put(name, own.add("width " + width + " " + name, parameter.role(), copy));
      } else {
        long[] dims = shared.array().getShape().getShape();
        cuts.put(name, order.cuts(shared.name(), dims, axis.widths(width)));
      }
    }
  }

  private static boolean isSmall(ParameterRole role) {
    return switch (role) {
      case BIAS, NORM, STATISTIC -> true;
      case WEIGHT, EMBEDDING -> false;
    };
  }

  private Parameter shared(String name) {
    return family
        .parameterOf(name)
        .orElseThrow(
            () -> new TrainException("The narrower model has a parameter '" + name + "' more."));
  }

  /** Those that only this width has. */
  Parameters own() {
    return own;
  }

  TrainableGraph graph() {
    return graph;
  }

  /** The forward pass with this width's weights; hooks that it has act on these. */
  Forward with(Forward forward) {
    Forward result = forward;
    for (Parameter parameter : graph.parameters().all()) {
      String name = parameter.name();
      UnaryOperator<NDArray> then = forward.hooks().getOrDefault(name, array -> array);
      result = result.withHook(name, whole -> then.apply(values(name, whole.getManager())));
    }
    return result;
  }

  private NDArray values(String name, NDManager scope) {
    Parameter mine = ownByName.get(name);
    if (mine != null) {
      return Torch.alias(mine.array(), scope);
    }
    NDArray array = Torch.alias(shared(name).array(), scope);
    for (ChannelOrder.Cut cut : cuts.getOrDefault(name, List.of())) {
      array = cut(array, cut);
    }
    return array;
  }

  private static NDArray cut(NDArray array, ChannelOrder.Cut cut) {
    List<NDArray> runs = new ArrayList<>();
    for (int i = 0; i < cut.ends().length; i += 2) {
      runs.add(Torch.slice(array, cut.axis(), cut.ends()[i], cut.ends()[i + 1]));
    }
    return runs.size() == 1 ? runs.getFirst() : Torch.join(runs, cut.axis());
  }

  /** Measures this width's own running statistics, if it has any. */
  void calibrate(Calibration batches) {
    if (own.all().stream().anyMatch(p -> p.role() == ParameterRole.STATISTIC)) {
      Forward forward = with(Forward.train().withGradients(false));
      batches.show((scope, inputs) -> graph.forward(scope, inputs, forward));
    }
  }

  /** Writes the narrower model with the values it has now. */
  void writeTo(Path file) {
    try (NDManager scope = Torch.newManager()) {
      for (Parameter parameter : graph.parameters().all()) {
        Torch.set(parameter.array(), values(parameter.name(), scope).toFloatArray());
      }
    }
    graph.writeTo(file);
  }

  @Override
  public void close() {
    graph.close();
    own.close();
    model.close();
  }
}
