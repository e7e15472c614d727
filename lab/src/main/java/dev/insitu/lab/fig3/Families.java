package dev.insitu.lab.fig3;

import dev.insitu.forge.PlaneSteps;
import dev.insitu.model.OnnxModel;
import dev.insitu.model.width.ChannelGroups;
import dev.insitu.model.width.Importance;
import dev.insitu.model.width.ModelTensors;
import dev.insitu.train.nested.Family;
import dev.insitu.train.nested.FamilyTraining;
import dev.insitu.train.nested.Nesting;
import dev.insitu.train.nested.SubNetwork;
import dev.insitu.train.nested.WidthAxis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Trains families of the root, and single models of them by the same code. */
final class Families {

  private final Bench bench;

  Families(Bench bench) {
    this.bench = bench;
  }

  /**
   * Trains; a training that was killed goes on, one that was done is only written again.
   *
   * @param name of the training, for its files
   * @param nesting what of the root is trained
   */
  Family train(String name, Function<OnnxModel, Nesting> nesting, Job.Told told)
      throws IOException {
    Path directory =
        Files.createDirectories(bench.settings().out().resolve("models").resolve(name));
    try (OnnxModel root = OnnxModel.open(bench.settings().root())) {
      return new FamilyTraining(
              root,
              bench.pictures().training(),
              bench.recipe(),
              nesting.apply(root),
              bench.training(name, told))
          .train(directory);
    }
  }

  /** Widths of the root, the channels of largest magnitude first. */
  static WidthAxis widths(OnnxModel root, List<Double> shares) {
    ChannelGroups groups = ChannelGroups.of(root);
    return WidthAxis.of(groups, Importance.magnitude(new ModelTensors(root)), shares);
  }

  /** The root without the planes after a group. */
  static SubNetwork upTo(int group, OnnxModel root) {
    Map<String, Integer> missing =
        PlaneSteps.of(root).keySet().stream()
            .collect(Collectors.toMap(tensor -> tensor, tensor -> PlaneSteps.LEVELS - group));
    return SubNetwork.WHOLE.withMissing(missing);
  }
}
