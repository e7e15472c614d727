package dev.insitu.benchmarks.planning;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.plan.CutProfile;
import dev.insitu.elastic.plan.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/** Accuracies as they might be measured: the more bytes and depth, the higher. */
final class MadeProfile {

  private static final int SAMPLES = 2000;
  private static final int POINTS = 10;
  private static final double[] BITS = {2, 4, 8, 32};
  private static final double VALUES = 60_000;

  private final Manifest manifest;
  private final double best;
  private final double steepness;

  MadeProfile(Manifest manifest, SplittableRandom random) {
    this.manifest = manifest;
    this.best = random.nextDouble(0.7, 0.98);
    this.steepness = random.nextDouble(0.5, 1.5);
  }

  Profile profile() {
    int all = manifest.segments().size();
    List<Profile.Exit> exits = new ArrayList<>();
    for (ExitSpec exit : manifest.exits()) {
      double share = 0.6 + 0.35 * exit.depth() / all;
      exits.add(
          new Profile.Exit(
              exit.after(), OptionalDouble.empty(), points(exit.depth(), best * share)));
    }
    List<CutProfile> cuts = new ArrayList<>();
    for (int before = 0; before < all; before++) {
      cuts.add(cut(before));
    }
    return new Profile(SAMPLES, points(all, best), exits, List.of()).withCuts(cuts);
  }

  private CutProfile cut(int before) {
    List<Profile.Point> points =
        before == 0
            ? List.of(new Profile.Point(0, 0, 0, best, OptionalDouble.of(best)))
            : points(before, best);
    List<CutProfile.Level> levels = new ArrayList<>();
    for (Profile.Point point : points) {
      List<CutProfile.Features> features = new ArrayList<>();
      for (double bits : BITS) {
        double accuracy = Math.max(0, point.agreement() - 0.04 / bits);
        double bytes = bits * VALUES / 8 / (before + 1);
        features.add(
            new CutProfile.Features((int) bits, bytes, accuracy, OptionalDouble.of(accuracy)));
      }
      levels.add(new CutProfile.Level(point.chunks(), point.bytes(), features));
    }
    List<SegmentSpec> segments = manifest.segments();
    long macs =
        segments.subList(before, segments.size()).stream().mapToLong(SegmentSpec::macs).sum();
    return new CutProfile(before, 0, macs, levels);
  }

  private List<Profile.Point> points(int depth, double most) {
    List<Profile.Point> points = new ArrayList<>();
    int chunks = manifest.chunks().size();
    for (int i = 2; i <= POINTS; i++) {
      int count = chunks * i / POINTS;
      double accuracy = most * (1 - Math.exp(-steepness * i));
      points.add(
          new Profile.Point(count, bytes(count, depth), 1, accuracy, OptionalDouble.of(accuracy)));
    }
    return points;
  }

  private long bytes(int count, int depth) {
    long bytes = 0;
    for (ChunkSpec chunk : manifest.chunks().subList(0, count)) {
      bytes += manifest.blocks().tensorOf(chunk.firstBlock()) < depth ? chunk.size() : 0;
    }
    return bytes;
  }
}
