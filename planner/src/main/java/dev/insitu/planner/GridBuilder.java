package dev.insitu.planner;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.CutProfile;
import dev.insitu.elastic.plan.Grid;
import dev.insitu.elastic.plan.Prediction;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.planner.Family.Remote;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Works out a package's candidates. */
final class GridBuilder {

  private final Manifest manifest;
  private final Profile profile;
  private final int[] sizes;
  private final List<ChunkIndex> indices = new ArrayList<>();
  private final List<ByteTable> tables = new ArrayList<>();
  private final List<Family> families = new ArrayList<>();
  private final Worth worth;

  GridBuilder(Manifest manifest, Profile profile) {
    this.manifest = manifest;
    this.profile = profile;
    this.sizes = manifest.chunks().stream().mapToInt(ChunkSpec::size).toArray();
    this.worth = worthOf(profile);
  }

  /** Accuracy if all that was measured has it: the two are not to be compared. */
  private static Worth worthOf(Profile profile) {
    List<Profile.Point> points = new ArrayList<>();
    Grid.of(profile).models().forEach(model -> points.addAll(model.points()));
    profile
        .cuts()
        .forEach(cut -> {
          for (int features = 0; features < precisions(cut); features++) {
            points.addAll(cut.points(features));
          }
        });
    if (points.isEmpty()) {
      return Worth.UNMEASURED;
    }
    boolean labelled = points.stream().allMatch(point -> point.accuracy().isPresent());
    return labelled ? Worth.ACCURACY : Worth.AGREEMENT;
  }

  CandidateGrid build() {
    for (int width = 0; width < manifest.widths().size(); width++) {
      Manifest view = manifest.atWidth(width);
      ChunkIndex index = new ChunkIndex(view, Prefixes.of(view, profile));
      indices.add(index);
      tables.add(index.coming(sizes, new BitSet()));
      addAnswering(view);
    }
    if (worth != Worth.UNMEASURED) {
      profile.cuts().forEach(this::addCut);
    }
    Prediction.Deviation deviation = Grid.of(profile).predictionError();
    return new CandidateGrid(
        manifest, indices, sizes, families, worth, profile.samples(), deviation);
  }

  private void addAnswering(Manifest view) {
    for (Route route : Route.answering(view)) {
      double[] values =
          worth == Worth.UNMEASURED
              ? removedError(view, route)
              : Prediction.along(
                  profile.points(view, route.depth), worth == Worth.ACCURACY, bytes(route));
      add(route, values, Remote.NONE);
    }
  }

  private void addCut(CutProfile cut) {
    long cells = (long) families.size() * indices.getLast().prefixes();
    if (cut.before() >= manifest.segments().size() || cells > Prefixes.MOST_CELLS) {
      return; // nothing is left to the server, or a profile of far more cuts than segments
    }
    Route route = Route.segments(manifest, cut.before());
    for (int features = 0; features < precisions(cut); features++) {
      CutProfile.Features some = cut.levels().getFirst().features().get(features);
      double[] values =
          Prediction.along(cut.points(features), worth == Worth.ACCURACY, bytes(route));
      double[] needed = route.depth == 0 ? new double[] {values[values.length - 1]} : values;
      add(route, needed, new Remote(some.bits(), some.bytes(), cut.serverMacs()));
    }
  }

  /** Precisions of what goes up that were measured at every level. */
  private static int precisions(CutProfile cut) {
    return cut.levels().stream().mapToInt(level -> level.features().size()).min().orElse(0);
  }

  private void add(Route route, double[] values, Remote remote) {
    int first = 0;
    while (first < values.length && Double.isNaN(values[first])) {
      first++;
    }
    if (first == values.length) {
      return; // nothing is known of it
    }
    families.add(new Family(route, Order.LAYER_MAJOR, false, values, first, remote));
    if (route.depth == 0) {
      return;
    }
    families.add(new Family(route, Order.PLANE_MAJOR, false, values, first, remote));
    boolean whole = route.exit < 0 && remote.bits() == 0;
    if (whole && route.depth > 1) {
      families.add(new Family(route, Order.LAYER_MAJOR, true, values, first, remote));
      families.add(new Family(route, Order.PLANE_MAJOR, true, values, first, remote));
    }
  }

  private long[] bytes(Route route) {
    long[] bytes = new long[indices.get(route.width).prefixes()];
    for (int prefix = 0; prefix < bytes.length; prefix++) {
      bytes[prefix] = tables.get(route.width).of(route, prefix);
    }
    return bytes;
  }

  /** The share of the route's error that each prefix removes, as far as it gets. */
  private double[] removedError(Manifest view, Route route) {
    ChunkIndex index = indices.get(route.width);
    double[] removed = new double[index.prefixes()];
    for (int chunk = 0; chunk < sizes.length; chunk++) {
      if (index.user(chunk) < route.depth) {
        removed[index.firstPrefix(chunk)] += manifest.chunks().get(chunk).errorRemoved();
      }
    }
    for (int prefix = 1; prefix < removed.length; prefix++) {
      removed[prefix] += removed[prefix - 1];
    }
    double all = removed[removed.length - 1];
    double share = view.share() * route.depth / view.segments().size();
    for (int prefix = 0; prefix < removed.length; prefix++) {
      removed[prefix] = share * (all > 0 ? removed[prefix] / all : 1);
    }
    return removed;
  }
}
