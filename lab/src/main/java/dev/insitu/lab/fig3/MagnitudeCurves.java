package dev.insitu.lab.fig3;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.model.OnnxModel;
import dev.insitu.train.Parameter;
import dev.insitu.train.ParameterRole;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * The weights of largest magnitude in every layer; the others are 0. They are sent in float32 with
 * where they stand ({@link Sizes#sparse}).
 */
final class MagnitudeCurves {

  static final List<Double> SHARES = List.of(0.02, 0.05, 0.1, 0.2, 0.35, 0.6);

  /** Shares that models are trained for alone. */
  private static final List<Double> ALONE = List.of(0.02, 0.05, 0.1, 0.2);

  private final Bench bench;

  MagnitudeCurves(Bench bench) {
    this.bench = bench;
  }

  List<Job> jobs() {
    List<Job> jobs = new ArrayList<>(untrained());
    jobs.add(new Job("training the largest weights together", 4.5, this::nested));
    for (double share : ALONE) {
      jobs.add(
          new Job("training the largest weights alone: " + share, 1.5, told -> alone(share, told)));
    }
    return jobs;
  }

  List<Job> untrained() {
    List<Job> jobs = new ArrayList<>();
    for (double share : SHARES) {
      jobs.add(
          new Job(
              "measuring the largest weights: " + share,
              0.25,
              told -> measure(Retraining.NONE, bench.settings().root(), share)));
    }
    return jobs;
  }

  private void nested(Job.Told told) throws IOException {
    String name = "magnitude-nested";
    Path model =
        bench.model(
            name,
            file ->
                new Students(bench)
                    .train(name, bench.settings().root(), MagnitudeCurves::family, file, told));
    for (double share : SHARES) {
      measure(Retraining.NESTED, model, share);
    }
  }

  /** The sandwich rule: the whole, the least, and one between. */
  private static Students.SubModels family(TrainableGraph graph) {
    List<Parameter> divided = divided(graph);
    return random -> {
      double least = Math.log(SHARES.getFirst());
      double between = Math.exp(least * random.nextDouble());
      return List.of(Map.of(), hooks(divided, SHARES.getFirst()), hooks(divided, between));
    };
  }

  private void alone(double share, Job.Told told) throws IOException {
    String name = "magnitude-alone-" + share;
    Path model =
        bench.model(
            name,
            file ->
                new Students(bench)
                    .train(
                        name,
                        bench.settings().root(),
                        graph -> {
                          Map<String, UnaryOperator<NDArray>> hooks = hooks(divided(graph), share);
                          return (SplittableRandom random) -> List.of(hooks);
                        },
                        file,
                        told));
    measure(Retraining.ALONE, model, share);
  }

  private static List<Parameter> divided(TrainableGraph graph) {
    return graph.parameters().all().stream()
        .filter(parameter -> parameter.role() == ParameterRole.WEIGHT)
        .toList();
  }

  private static Map<String, UnaryOperator<NDArray>> hooks(List<Parameter> divided, double share) {
    Map<String, UnaryOperator<NDArray>> hooks = new HashMap<>();
    for (Parameter parameter : divided) {
      hooks.put(parameter.name(), weights -> weights.mul(mask(weights, share)));
    }
    return hooks;
  }

  /** 1 for the largest weights; no gradient flows through it. */
  private static NDArray mask(NDArray weights, double share) {
    NDManager scope = weights.getManager();
    float[] values = weights.stopGradient().toFloatArray();
    float least = least(values, share);
    float[] mask = new float[values.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = Math.abs(values[i]) >= least ? 1 : 0;
    }
    return Torch.floats(scope, mask, weights.getShape().getShape());
  }

  /** The least magnitude among the largest. */
  private static float least(float[] values, double share) {
    float[] magnitudes = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      magnitudes[i] = Math.abs(values[i]);
    }
    Arrays.sort(magnitudes);
    int kept = Math.clamp(Math.round(share * values.length), 1, values.length);
    return magnitudes[values.length - kept];
  }

  private void measure(Retraining retraining, Path model, double share) throws IOException {
    String name = "share " + share;
    if (bench.isMeasured(Technique.MAGNITUDE, retraining, name)) {
      return;
    }
    try (NDManager manager = Torch.newManager();
        OnnxModel opened = OnnxModel.open(model);
        TrainableGraph graph = TrainableGraph.of(opened, manager)) {
      graph.parameters().freeze();
      double bytes = Float.BYTES * (double) opened.parameterCount();
      for (Parameter parameter : divided(graph)) {
        try (NDArray mask = mask(parameter.array(), share)) {
          parameter.array().muli(mask);
        }
        long all = parameter.array().size();
        bytes += Sizes.sparse(Math.round(share * all), all) - Float.BYTES * (double) all;
      }
      bench.measure(
          Technique.MAGNITUDE, retraining, name, Math.round(bytes), file -> graph.writeTo(file));
    }
  }
}
