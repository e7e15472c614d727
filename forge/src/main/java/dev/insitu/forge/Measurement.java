package dev.insitu.forge;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Profile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Measures what the prefixes of the canonical order are worth. */
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
    List<Integer> counts = ProfilePoints.choose(manifest);
    progress.update("measuring sub-models", 0, counts.size());
    Answers root = evaluator.answers(SubModel.whole(manifest));
    int[] telling = root.telling();
    if (telling.length == 0) {
      throw new ForgeException(
          "The model answers each of the "
              + root.samples()
              + " samples with one value everywhere, so they measure nothing.\n"
              + "Maybe give samples like those it is made for.");
    }
    List<Profile.Point> points = new ArrayList<>();
    for (int count : counts) {
      SubModel model = SubModel.prefix(manifest, count);
      boolean whole = count == manifest.chunks().size();
      points.add(point(model, whole ? root : evaluator.answers(model), root, telling));
      progress.update("measuring sub-models", points.size(), counts.size());
    }
    return new Profile(telling.length, points);
  }

  private Profile.Point point(SubModel model, Answers answers, Answers root, int[] telling) {
    double bits = 8.0 * model.bytes() / Math.max(1, manifest.weightCount());
    return new Profile.Point(
        model.size(),
        model.bytes(),
        bits,
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
