package dev.insitu.forge;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.ModelCost;
import dev.insitu.elastic.plan.Profile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Measures what the prefixes of the canonical order are worth, in full depth and at exits, of every
 * width; and what the models of each depth and width cost.
 */
final class Measurement {

  private final Manifest manifest;
  private final Evaluator evaluator;
  private final Optional<int[]> labels;
  private final boolean latency;
  private final ForgeProgress progress;
  private int done;
  private int total;

  /** What all are compared with. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Root(Answers answers, int[] telling) {}

  /**
   * @param manifest at the whole width
   * @param labels the right class of each sample, if known
   * @param latency whether it is measured too
   */
  Measurement(
      Manifest manifest,
      Evaluator evaluator,
      Optional<int[]> labels,
      boolean latency,
      ForgeProgress progress) {
    this.manifest = manifest;
    this.evaluator = evaluator;
    this.labels = labels;
    this.latency = latency;
    this.progress = progress;
  }

  /**
   * Measures chosen prefixes.
   *
   * @throws ForgeException if the samples cannot be run, or the root answers all of them alike
   */
  Profile profile() throws IOException {
    List<Integer> counts = ProfilePoints.choose(manifest);
    total = manifest.widths().size() * counts.size(); // about
    progress.update("measuring sub-models", 0, total);
    Evaluator.Replies whole = evaluator.replies(SubModel.whole(manifest));
    int[] telling = whole.whole().telling();
    if (telling.length == 0) {
      throw new ForgeException(
          "The model answers each of the "
              + whole.whole().samples()
              + " samples with one value everywhere, so they measure nothing.\n"
              + "Maybe give samples like those it is made for.");
    }
    Root root = new Root(whole.whole(), telling);
    List<List<Profile.Point>> points = points(evaluator, counts, Optional.of(whole), root);
    List<Profile.Width> widths = new ArrayList<>();
    List<ModelCost> costs = new ArrayList<>();
    for (int width = 0; width < manifest.widths().size() - 1; width++) {
      Evaluator narrower = evaluator.at(manifest.atWidth(width));
      List<Integer> used = ProfilePoints.choose(narrower.manifest());
      widths.add(width(narrower, points(narrower, used, Optional.empty(), root)));
      costs.addAll(costs(narrower));
    }
    costs.addAll(costs(evaluator));
    return new Profile(
        telling.length,
        points.getLast(),
        exits(manifest, points),
        new EarlyPolicies(manifest, whole, labels).all(),
        widths,
        costs,
        List.of(),
        Optional.empty());
  }

  /**
   * Measured prefixes of a width, for each exit and then for the whole depth.
   *
   * @param counts of chunks; the last is all
   * @param whole what all chunks answer, if that is known
   */
  private List<List<Profile.Point>> points(
      Evaluator some, List<Integer> counts, Optional<Evaluator.Replies> whole, Root root)
      throws IOException {
    Manifest view = some.manifest();
    List<Integer> depths = ModelCosts.depths(view);
    List<List<Profile.Point>> points = new ArrayList<>();
    depths.forEach(depth -> points.add(new ArrayList<>()));
    for (int count : counts) {
      SubModel prefix = SubModel.prefix(view, count);
      boolean all = whole.isPresent() && prefix.equals(SubModel.whole(view));
      Evaluator.Replies replies = all ? whole.get() : some.replies(prefix);
      for (int i = 0; i < depths.size(); i++) {
        boolean last = i == depths.size() - 1;
        Answers answers = last ? replies.whole() : replies.exits().get(i);
        add(depths.get(i), prefix, count, answers, root, points.get(i));
      }
      progress.update("measuring sub-models", ++done, total);
    }
    return points;
  }

  /** Adds what a model is worth, unless nothing that it uses has come since the last point. */
  private void add(
      int depth,
      SubModel prefix,
      int count,
      Answers answers,
      Root root,
      List<Profile.Point> points) {
    Manifest view = prefix.manifest();
    boolean whole = view.isWhole() && depth == view.segments().size();
    SubModel used = SubModel.of(view, depth, view.losslessGroup());
    SubModel model = whole ? prefix : prefix.intersection(used);
    if (whole || points.isEmpty() || points.getLast().bytes() < model.bytes()) {
      long weights = whole ? manifest.weightCount() : used.weights();
      points.add(
          new Profile.Point(
              count,
              model.bytes(),
              Profile.bitsPerWeight(model.bytes(), weights),
              Agreement.of(answers, root.answers(), root.telling()),
              accuracy(answers, root.answers())));
    }
  }

  private Profile.Width width(Evaluator some, List<List<Profile.Point>> points) {
    Manifest view = some.manifest();
    double whole = ModelCosts.macs(manifest, manifest.segments().size());
    double mine = ModelCosts.macs(view, view.segments().size());
    OptionalDouble share = whole > 0 ? OptionalDouble.of(mine / whole) : OptionalDouble.empty();
    return new Profile.Width(view.share(), share, points.getLast(), exits(view, points));
  }

  private static List<Profile.Exit> exits(Manifest view, List<List<Profile.Point>> points) {
    return IntStream.range(0, view.exits().size())
        .mapToObj(i -> {
          ExitSpec exit = view.exits().get(i);
          OptionalDouble macs = EarlyPolicies.macsShare(view, exit);
          return new Profile.Exit(exit.after(), macs, points.get(i));
        })
        .toList();
  }

  /** What the models of a width cost. */
  private List<ModelCost> costs(Evaluator some) throws IOException {
    Manifest view = some.manifest();
    List<Double> seconds = latency ? some.secondsOfSteps() : List.of();
    return ModelCosts.depths(view).stream()
        .map(depth ->
            new ModelCost(
                depth,
                view.share(),
                ModelCosts.macs(view, depth),
                ModelCosts.memoryBytes(view, depth),
                latency
                    ? OptionalDouble.of(ModelCosts.seconds(view, depth, seconds))
                    : OptionalDouble.empty()))
        .toList();
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
