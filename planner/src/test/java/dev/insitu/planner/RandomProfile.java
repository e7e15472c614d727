package dev.insitu.planner;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.CutProfile;
import dev.insitu.elastic.plan.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** What sub-models of a random package might have been measured to be worth. */
final class RandomProfile {

  private final Manifest manifest;
  private final Random random;

  RandomProfile(Manifest manifest, Random random) {
    this.manifest = manifest.whole();
    this.random = random;
  }

  Profile profile() {
    List<Profile.Width> widths = new ArrayList<>();
    for (int width = 0; width < manifest.widths().size() - 1; width++) {
      Manifest view = manifest.atWidth(width);
      widths.add(
          new Profile.Width(
              view.share(),
              OptionalDouble.empty(),
              points(view, view.segments().size()),
              exits(view)));
    }
    return new Profile(
            100, points(manifest, manifest.segments().size()), exits(manifest), List.of())
        .withWidths(widths)
        .withCuts(random.nextInt(4) == 0 ? List.of() : cuts());
  }

  private List<Profile.Exit> exits(Manifest view) {
    return view.exits().stream()
        .map(exit ->
            new Profile.Exit(exit.after(), OptionalDouble.empty(), points(view, exit.depth())))
        .toList();
  }

  /** Points that mostly rise, as measured ones do. */
  private List<Profile.Point> points(Manifest view, int depth) {
    SubModel used = SubModel.of(view, depth, view.losslessGroup());
    List<Profile.Point> points = new ArrayList<>();
    double best = random.nextDouble();
    for (int count : counts()) {
      long bytes = SubModel.prefix(view, count).intersection(used).bytes();
      double some = Math.min(1, best * (0.3 + random.nextDouble()));
      best = Math.max(best, some);
      points.add(new Profile.Point(count, bytes, 1, some, OptionalDouble.empty()));
    }
    return points;
  }

  private Set<Integer> counts() {
    int all = manifest.chunks().size();
    Set<Integer> counts = new TreeSet<>(List.of(all));
    for (int i = random.nextInt(5); i > 0; i--) {
      counts.add(random.nextInt(all + 1));
    }
    return counts;
  }

  private List<CutProfile> cuts() {
    List<CutProfile> cuts = new ArrayList<>();
    int bits = 1 + random.nextInt(3);
    double most = random.nextBoolean() ? 1 : 0.2; // so that models without cuts are the best too
    for (int before = 0; before < manifest.segments().size(); before++) {
      List<CutProfile.Level> levels = new ArrayList<>();
      for (int count : before == 0 ? Set.of(0) : counts()) {
        long bytes =
            before == 0
                ? 0
                : SubModel.prefix(manifest, count)
                    .intersection(SubModel.ofSegments(manifest, before, manifest.losslessGroup()))
                    .bytes();
        levels.add(new CutProfile.Level(count, bytes, features(bits, most)));
      }
      long macs = random.nextInt(1 << 20);
      cuts.add(new CutProfile(before, macs, random.nextInt(1 << 20), levels));
    }
    return cuts;
  }

  private List<CutProfile.Features> features(int precisions, double most) {
    List<CutProfile.Features> features = new ArrayList<>();
    for (int i = 0; i < precisions; i++) {
      features.add(
          new CutProfile.Features(
              8 - 3 * i,
              1 + random.nextInt(200),
              most * random.nextDouble(),
              OptionalDouble.empty()));
    }
    return features;
  }
}
