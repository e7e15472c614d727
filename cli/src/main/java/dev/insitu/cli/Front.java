package dev.insitu.cli;

import dev.insitu.elastic.plan.Grid;
import dev.insitu.elastic.plan.Profile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The measured sub-models of a package, and which of them are worth their bytes.
 *
 * @param labelled whether the value of a sub-model is its accuracy; else its agreement with the
 *     root
 * @param all by bytes, ascending
 */
record Front(boolean labelled, List<Entry> all) {

  Front {
    all = List.copyOf(all);
  }

  /**
   * A measured sub-model.
   *
   * @param value 0..1
   * @param best whether none that is measured is better for as many bytes or less
   */
  record Entry(Grid.Model model, Profile.Point point, double value, boolean best) {}

  /** The sub-models of a profile. */
  static Front of(Profile profile) {
    List<Grid.Model> models = Grid.of(profile).models();
    boolean labelled =
        models.stream()
            .flatMap(model -> model.points().stream())
            .allMatch(point -> point.accuracy().isPresent());
    List<Entry> entries = new ArrayList<>();
    for (Grid.Model model : models) {
      for (Profile.Point point : model.points()) {
        double value = labelled ? point.accuracy().orElse(0) : point.agreement();
        entries.add(new Entry(model, point, value, false));
      }
    }
    entries.sort(
        Comparator.comparingLong((Entry entry) -> entry.point().bytes())
            .thenComparing(Comparator.comparingDouble(Entry::value).reversed()));
    double best = -1;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.value() > best) {
        best = entry.value();
        entries.set(i, new Entry(entry.model(), entry.point(), entry.value(), true));
      }
    }
    return new Front(labelled, entries);
  }

  /** Those that are worth their bytes. */
  List<Entry> best() {
    return all.stream().filter(Entry::best).toList();
  }

  /** What the values are called. */
  String valueName() {
    return labelled ? "accuracy" : "agreement";
  }
}
