package dev.insitu.elastic.plan;

import dev.insitu.elastic.plan.Profile.Exit;
import dev.insitu.elastic.plan.Profile.Point;
import dev.insitu.elastic.plan.Profile.Width;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * A profile as a grid: models by depth and width, and along the bits of each what was measured.
 *
 * @param models by width, then depth, ascending
 */
public record Grid(List<Model> models) {

  private static final double SAME_WIDTH = 0.0005; // widths are told apart by thousandths

  /**
   * A model of one depth and width.
   *
   * @param depth segments before the answer; empty for all of them
   * @param width its share of the channels, above 0 up to 1
   * @param cost what it costs; empty in profiles of earlier versions
   * @param points what its prefixes are worth
   */
  public record Model(
      OptionalInt depth, double width, Optional<ModelCost> cost, List<Point> points) {

    public Model {
      Objects.requireNonNull(depth);
      Objects.requireNonNull(cost);
      points = List.copyOf(points);
    }
  }

  public Grid {
    models = List.copyOf(models);
  }

  /** The grid of a profile. */
  public static Grid of(Profile profile) {
    List<Model> models = new ArrayList<>();
    for (Width width : profile.widths()) {
      add(profile, width.share(), width.exits(), width.points(), models);
    }
    add(profile, 1, profile.exits(), profile.points(), models);
    return new Grid(models);
  }

  private static void add(
      Profile profile, double width, List<Exit> exits, List<Point> points, List<Model> into) {
    List<ModelCost> costs =
        profile.costs().stream()
            .filter(cost -> Math.abs(cost.width() - width) < SAME_WIDTH)
            .collect(Collectors.toList());
    for (Exit exit : exits) {
      Optional<ModelCost> cost =
          costs.stream().filter(some -> some.depth() == exit.depth()).findFirst();
      into.add(new Model(OptionalInt.of(exit.depth()), width, cost, exit.points()));
    }
    Optional<ModelCost> deepest = costs.stream().reduce((a, b) -> b.depth() > a.depth() ? b : a);
    into.add(new Model(OptionalInt.empty(), width, deepest, points));
  }

  /** How far predictions of agreement between measured points are off. */
  public Prediction.Deviation predictionError() {
    return Prediction.error(models.stream().map(Model::points).collect(Collectors.toList()));
  }
}
