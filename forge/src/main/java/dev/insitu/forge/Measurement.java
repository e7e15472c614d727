package dev.insitu.forge;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Profile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Measures what the prefixes of the canonical order are worth, in full depth and at exits. */
final class Measurement {

  private final Manifest manifest;
  private final Evaluator evaluator;
  private final Optional<int[]> labels;
  private final ForgeProgress progress;

  /**
   * @param labels the right class of each sample, if known
   */
  Measurement(
      Manifest manifest, Evaluator evaluator, Optional<int[]> labels, ForgeProgress progress) {
    this.manifest = manifest;
    this.evaluator = evaluator;
    this.labels = labels;
    this.progress = progress;
  }

  /**
   * Measures chosen prefixes.
   *
   * @throws ForgeException if the samples cannot be run, or the root answers all of them alike
   */
  Profile profile() throws IOException {
    Evaluator.Replies whole = evaluator.replies(SubModel.whole(manifest));
    int[] telling = whole.whole().telling();
    if (telling.length == 0) {
      throw new ForgeException(
          "The model answers each of the "
              + whole.whole().samples()
              + " samples with one value everywhere, so they measure nothing.\n"
              + "Maybe give samples like those it is made for.");
    }
    Profile.Width all = measure(whole.whole(), telling, whole);
    return new Profile(
        telling.length,
        all.points(),
        all.exits(),
        new EarlyPolicies(manifest, whole, labels).all());
  }

  /**
   * Measures chosen prefixes of a narrower width.
   *
   * @param root the answers of the whole
   */
  Profile.Width width(Answers root) throws IOException {
    return measure(root, root.telling(), evaluator.replies(SubModel.whole(manifest)));
  }

  private Profile.Width measure(Answers root, int[] telling, Evaluator.Replies whole)
      throws IOException {
    List<Integer> counts = ProfilePoints.choose(manifest);
    String step =
        manifest.isWhole() ? "measuring sub-models" : "measuring width " + manifest.share();
    progress.update(step, 0, counts.size());
    List<Profile.Point> points = new ArrayList<>();
    List<List<Profile.Point>> ofExits = new ArrayList<>();
    manifest.exits().forEach(exit -> ofExits.add(new ArrayList<>()));
    for (int count : counts) {
      SubModel model = SubModel.prefix(manifest, count);
      boolean all = model.equals(SubModel.whole(manifest));
      Evaluator.Replies replies = all ? whole : evaluator.replies(model);
      points.add(point(model, manifest.weightCount(), replies.whole(), root, telling, count));
      for (int i = 0; i < ofExits.size(); i++) {
        addPoint(i, model, count, replies.exits().get(i), root, telling, ofExits.get(i));
      }
      progress.update(step, points.size(), counts.size());
    }
    return new Profile.Width(manifest.share(), macsShare(), points, exits(ofExits));
  }

  /** Work in full depth as a share of the whole width's. */
  private OptionalDouble macsShare() {
    double whole = macs(manifest.whole());
    return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of(macs(manifest) / whole);
  }

  private static double macs(Manifest of) {
    return of.segments().stream().mapToDouble(SegmentSpec::macs).sum();
  }

  /** Adds what an exit is worth, unless nothing that it uses has come since the last point. */
  private void addPoint(
      int exit,
      SubModel prefix,
      int chunks,
      Answers answers,
      Answers root,
      int[] telling,
      List<Profile.Point> points) {
    int depth = manifest.exits().get(exit).depth();
    SubModel used = SubModel.of(manifest, depth, manifest.losslessGroup());
    SubModel model = prefix.intersection(used);
    if (points.isEmpty() || points.getLast().bytes() < model.bytes()) {
      points.add(point(model, used.weights(), answers, root, telling, chunks));
    }
  }

  private List<Profile.Exit> exits(List<List<Profile.Point>> points) {
    List<Profile.Exit> exits = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      ExitSpec exit = manifest.exits().get(i);
      exits.add(
          new Profile.Exit(exit.after(), EarlyPolicies.macsShare(manifest, exit), points.get(i)));
    }
    return exits;
  }

  private Profile.Point point(
      SubModel model, long weights, Answers answers, Answers root, int[] telling, int chunks) {
    return new Profile.Point(
        chunks,
        model.bytes(),
        8.0 * model.bytes() / Math.max(1, weights),
        Agreement.of(answers, root, telling),
        accuracy(answers, root));
  }

  private OptionalDouble accuracy(Answers answers, Answers root) {
    if (labels.isEmpty() || root.kind() != Answers.Kind.CLASSES) {
      return OptionalDouble.empty();
    }
    int right = 0;
    for (int i = 0; i < answers.samples(); i++) {
      right += answers.best(i) == labels.get()[i] ? 1 : 0;
    }
    return OptionalDouble.of((double) right / answers.samples());
  }
}
