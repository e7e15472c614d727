package dev.insitu.train.nested;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.train.Batch;
import dev.insitu.train.Forward;
import dev.insitu.train.Losses;
import dev.insitu.train.Objective;
import dev.insitu.train.ReferenceMoments;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.TrainingRecipe;
import dev.insitu.train.exits.ExitPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * In each step some models of a family learn what the root answers, and labels where they are
 * known; heads at exits learn the same, of whatever model they read. Each model weighs the same,
 * and all heads of one together as much as its end.
 *
 * <p>Normalisations keep the statistics of their width. Where there is one width only, those of a
 * model that lacks planes follow the root's, as packages state them for each level.
 */
final class FamilyObjective implements Objective {

  private final TrainableGraph root;
  private final FamilyGraphs family;
  private final SubNetworks models;
  private final TrainingRecipe recipe;
  private final Map<String, Float> steps;
  private final BitPrice price;
  private final String output;
  private final String fingerprint;

  /**
   * @param root the teacher
   * @param family what is trained
   * @param models which of it learn in a step
   * @param steps finest step of each tensor in planes
   * @param price of bits
   * @param fingerprint of what is nested
   */
  FamilyObjective(
      TrainableGraph root,
      FamilyGraphs family,
      SubNetworks models,
      TrainingRecipe recipe,
      Map<String, Float> steps,
      BitPrice price,
      String fingerprint) {
    this.root = root;
    this.family = family;
    this.models = models;
    this.recipe = recipe;
    this.steps = Map.copyOf(steps);
    this.price = price;
    this.output = root.outputs().getFirst();
    this.fingerprint = fingerprint;
  }

  @Override
  public double accumulate(NDManager scope, Batch batch, int step) {
    Optional<ReferenceMoments> moments = moments();
    Forward teaching = moments.map(Forward.eval()::noting).orElse(Forward.eval());
    Optional<NDArray> known =
        recipe.distillation().weight() == 0 && moments.isEmpty()
            ? Optional.empty()
            : Optional.of(root.output(scope, batch.inputs(), teaching, output));
    List<SubNetwork> some = models.of(new SplittableRandom(recipe.seed() * 31 + step));
    double sum = price.charge(scope, family.shared());
    for (SubNetwork model : some) {
      sum += learn(scope, batch, known, model, how(model, moments), 1.0 / some.size());
    }
    return sum;
  }

  private Optional<ReferenceMoments> moments() {
    return family.hasWidths() || !root.normalises()
        ? Optional.empty()
        : Optional.of(new ReferenceMoments());
  }

  private static Forward how(SubNetwork model, Optional<ReferenceMoments> moments) {
    Forward forward = Forward.eval().withGradients(true);
    return model.missing().isEmpty() ? forward : moments.map(forward::following).orElse(forward);
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  private double learn(
      NDManager scope,
      Batch batch,
      Optional<NDArray> known,
      SubNetwork model,
      Forward how,
      double weight) {
    List<ExitPlace> exits = models.exits(model);
    boolean end = model.exit().isEmpty();
    List<String> wanted = new ArrayList<>();
    exits.forEach(place -> wanted.add(place.value()));
    if (end) {
      wanted.add(output);
    }
    Forward forward = how.withOutputs(wanted.toArray(String[]::new));
    try (NDManager own = scope.newSubManager()) {
      Map<String, NDArray> values =
          family.forward(own, batch.inputs(), truncated(forward, model), model.width());
      List<NDArray> answers = new ArrayList<>();
      for (ExitPlace place : exits) {
        answers.add(family.heads(model.width()).logits(own, place, values));
      }
      return Torch.backward(() -> {
        NDArray loss = Torch.scalar(own, 0);
        for (NDArray logits : answers) {
          NDArray term = Losses.of(recipe, logits, batch, known);
          loss = loss.add(term.mul(Torch.scalar(own, weight / answers.size())));
        }
        NDArray logits = values.get(output);
        if (end && logits != null) {
          NDArray term = Losses.of(recipe, logits, batch, known);
          loss = loss.add(term.mul(Torch.scalar(own, weight)));
        }
        return loss;
      });
    }
  }

  private Forward truncated(Forward forward, SubNetwork model) {
    Forward result = forward;
    for (Map.Entry<String, Integer> tensor : model.missing().entrySet()) {
      Float step = steps.get(tensor.getKey());
      if (step != null) {
        result = result.withHook(tensor.getKey(), Truncation.at(step, tensor.getValue()));
      }
    }
    return result;
  }
}
