package dev.insitu.train.nested;

import dev.insitu.train.exits.ExitPlace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Which models of a family learn in a step: by the sandwich rule (Yu and Huang 2019) the largest,
 * the smallest and some that are drawn. One that lacks planes is a prefix of the canonical order,
 * in which some tensors have a plane more than others: which ones is drawn anew each time.
 */
final class SubNetworks {

  private final Nesting nesting;
  private final SortedSet<String> planed; // in one order, as their levels are drawn
  private final int levels;

  /**
   * @param planed tensors in planes; none if models lack no planes
   * @param levels most planes that a model lacks
   */
  SubNetworks(Nesting nesting, SortedSet<String> planed, int levels) {
    this.nesting = nesting;
    this.planed = nesting.bits() ? new TreeSet<>(planed) : new TreeSet<>();
    this.levels = levels;
  }

  /** The models of a step. */
  List<SubNetwork> of(SplittableRandom random) {
    if (nesting.alone().isPresent()) {
      return List.of(nesting.alone().get());
    }
    List<SubNetwork> models = new ArrayList<>(List.of(SubNetwork.WHOLE));
    if (isNested()) {
      models.add(new SubNetwork(SubNetwork.WHOLE.exit(), widths() - 1, missing(levels, random)));
      for (int i = 0; i < nesting.drawn(); i++) {
        models.add(drawn(random));
      }
    }
    return models;
  }

  private boolean isNested() {
    return widths() > 1 || !planed.isEmpty();
  }

  private int widths() {
    return nesting.widths().map(WidthAxis::count).orElse(1);
  }

  /** Most of the accuracy is between the fewest planes and half of them, so most draws are too. */
  private SubNetwork drawn(SplittableRandom random) {
    double share = random.nextDouble();
    Map<String, Integer> missing = missing(levels * (1 - share * share), random);
    return new SubNetwork(SubNetwork.WHOLE.exit(), random.nextInt(widths()), missing);
  }

  /** Each tensor lacks this number of planes, rounded up or down at random. */
  private Map<String, Integer> missing(double planes, SplittableRandom random) {
    Map<String, Integer> missing = new LinkedHashMap<>();
    for (String tensor : planed) {
      missing.put(tensor, (int) Math.min(levels, Math.floor(planes + random.nextDouble())));
    }
    return missing;
  }

  /** The places whose heads learn when a model does. */
  List<ExitPlace> exits(SubNetwork model) {
    if (model.exit().isPresent()) {
      return List.of(nesting.exits().get(model.exit().getAsInt()));
    }
    return nesting.alone().isPresent() ? List.of() : nesting.exits();
  }
}
