package dev.insitu.forge;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.CutProfile;
import dev.insitu.elastic.plan.CutProfile.Features;
import dev.insitu.elastic.plan.CutProfile.Level;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.forge.samples.Samples;
import dev.insitu.runtime.InferenceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Measures what it is worth to divide the model between a device and a server: for every cut, at
 * some precisions of the device's segments and of what goes up. The server's segments are whole.
 */
final class CutMeasurement {

  /** Precisions of the device's segments that are measured, bits per weight; and the whole. */
  private static final List<Double> LEVELS = List.of(2.0, 3.0, 4.0);

  private static final int MOST_SAMPLES = 256;

  private final Manifest manifest;
  private final Samples samples;
  private final CutWalk walk;
  private final List<Integer> bits;
  private final Answers root;
  private final int[] telling;
  private final ForgeProgress progress;

  private CutMeasurement(
      Manifest manifest,
      Samples samples,
      CutWalk walk,
      List<Integer> bits,
      Answers root,
      ForgeProgress progress) {
    this.manifest = manifest;
    this.samples = samples;
    this.walk = walk;
    this.bits = bits;
    this.root = root;
    this.telling = root.telling();
    this.progress = progress;
  }

  /**
   * Measures all cuts, the one before the first segment too, where a device only sends its input.
   *
   * @param samples of which the first few hundred are used
   * @param bits for a value of what goes up
   * @param directory for temporary files of a segment's size
   * @throws ForgeException if the samples cannot be run, or a value at a cut is not finite
   */
  static List<CutProfile> measure(
      Manifest manifest,
      ChunkSource chunks,
      Samples samples,
      List<Integer> bits,
      Path directory,
      ForgeProgress progress)
      throws IOException {
    Samples some = samples.first(MOST_SAMPLES);
    Answers root =
        Evaluator.of(manifest, chunks, some, directory).answers(SubModel.whole(manifest));
    CutWalk walk = new CutWalk(manifest, new SegmentWalk(manifest, chunks, directory), some, bits);
    try {
      return new CutMeasurement(manifest, some, walk, bits, root, progress).measure();
    } catch (InferenceException e) {
      throw new ForgeException(String.valueOf(e.getMessage()), e);
    }
  }

  private List<CutProfile> measure() throws IOException {
    int cuts = manifest.segments().size();
    List<List<Level>> levels = new ArrayList<>();
    IntStream.range(0, cuts).forEach(cut -> levels.add(new ArrayList<>()));
    List<Integer> counts = counts();
    for (int i = 0; i < counts.size(); i++) {
      progress.update("measuring cuts", i, counts.size());
      SubModel device = SubModel.prefix(manifest, counts.get(i));
      for (CutWalk.Outcome outcome : walk.run(device, i == 0 ? 0 : 1)) {
        levels.get(outcome.cut()).add(level(device, outcome));
      }
    }
    progress.update("measuring cuts", counts.size(), counts.size());
    List<CutProfile> profiles = new ArrayList<>();
    for (int cut = 0; cut < cuts; cut++) {
      long before = macs(0, cut);
      profiles.add(new CutProfile(cut, before, macs(cut, cuts), levels.get(cut)));
    }
    return profiles;
  }

  /** Of the prefixes that the profile measures those nearest to some precisions, and the whole. */
  private List<Integer> counts() {
    List<Integer> measured = ProfilePoints.choose(manifest);
    List<Integer> chosen = new ArrayList<>();
    for (double level : LEVELS) {
      int nearest =
          measured.stream()
              .min(Comparator.comparingDouble(count -> Math.abs(bitsPerWeight(count) - level)))
              .orElseThrow();
      if (!chosen.contains(nearest)) {
        chosen.add(nearest);
      }
    }
    if (!chosen.contains(measured.getLast())) {
      chosen.add(measured.getLast());
    }
    return chosen;
  }

  private double bitsPerWeight(int count) {
    return Profile.bitsPerWeight(SubModel.prefix(manifest, count).bytes(), manifest.weightCount());
  }

  private long macs(int from, int to) {
    return manifest.segments().subList(from, to).stream().mapToLong(SegmentSpec::macs).sum();
  }

  private Level level(SubModel device, CutWalk.Outcome outcome) {
    if (outcome.cut() == 0) {
      return new Level(0, 0, features(outcome));
    }
    SubModel used = SubModel.ofSegments(manifest, outcome.cut(), manifest.losslessGroup());
    return new Level(device.size(), device.intersection(used).bytes(), features(outcome));
  }

  private List<Features> features(CutWalk.Outcome outcome) {
    List<Features> features = new ArrayList<>();
    for (int i = 0; i < bits.size(); i++) {
      Answers answers = new Answers(root.kind(), outcome.answers().get(i));
      features.add(
          new Features(
              bits.get(i),
              (double) outcome.bytes()[i] / answers.samples(),
              Agreement.of(answers, root, telling),
              accuracy(answers)));
    }
    return features;
  }

  private OptionalDouble accuracy(Answers answers) {
    if (samples.labels().isEmpty() || root.kind() != Answers.Kind.CLASSES) {
      return OptionalDouble.empty();
    }
    int[] labels = samples.labels().get();
    long right =
        IntStream.range(0, labels.length).filter(i -> answers.best(i) == labels[i]).count();
    return OptionalDouble.of((double) right / labels.length);
  }
}
