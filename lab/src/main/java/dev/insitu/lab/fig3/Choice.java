package dev.insitu.lab.fig3;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which sub-models of a package are best for their bytes, by pictures that nothing was learnt from
 * and that the figure is not measured with.
 */
final class Choice {

  /** The finest group worth looking at: more bits change next to nothing. */
  private static final int FINEST_GROUP = 4;

  private final List<Scored> scored;

  /** A sub-model and how good it seems. */
  record Scored(Packaged model, long bytes, double accuracy) {}

  private Choice(List<Scored> scored) {
    this.scored = List.copyOf(scored);
  }

  /** Looks at the sub-models of a package. */
  static Choice of(PackageFile family, Retraining retraining, Bench bench, Job.Told told)
      throws IOException {
    List<Packaged> models = candidates(family.manifest());
    List<Scored> scored = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      Packaged model = models.get(i);
      Point point = bench.preliminary(Technique.INTEGRATED, retraining, model, family);
      scored.add(new Scored(model, point.bytes(), point.accuracy()));
      told.update(i + 1, models.size());
    }
    return new Choice(scored);
  }

  /** All depths and widths with whole groups, and halves of groups between. */
  private static List<Packaged> candidates(Manifest manifest) {
    Set<Packaged> found = new LinkedHashSet<>();
    for (int width = 0; width < manifest.widths().size(); width++) {
      Manifest view = manifest.atWidth(width);
      List<Integer> depths =
          Stream.concat(
                  view.exits().stream().map(ExitSpec::depth), Stream.of(view.segments().size()))
              .toList();
      for (int depth : depths) {
        addGroups(view, depth, found);
      }
    }
    found.removeIf(model -> !model.answers(manifest));
    return List.copyOf(found);
  }

  private static void addGroups(Manifest view, int depth, Set<Packaged> into) {
    for (int group = 0; group <= FINEST_GROUP; group++) {
      Packaged whole = Packaged.upTo(group, view, depth);
      into.add(whole);
      int[] next =
          SubModel.of(view, depth, group + 1)
              .missingFrom(SubModel.of(view, depth, group))
              .toArray();
      if (group < FINEST_GROUP && next.length > 1) {
        into.add(new Packaged(view.share(), depth, next[next.length / 2] + 1));
      }
    }
  }

  /** The best of at most so many bytes, among those that fit. */
  Optional<Packaged> best(long bytes, Predicate<Packaged> fits) {
    return scored.stream()
        .filter(some -> some.bytes() <= bytes && fits.test(some.model()))
        .max(
            Comparator.comparingDouble(Scored::accuracy)
                .thenComparing(Comparator.comparingLong(Scored::bytes).reversed()))
        .map(Scored::model);
  }
}
