package dev.insitu.train.exits;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.insitu.train.Batch;
import dev.insitu.train.Forward;
import dev.insitu.train.Losses;
import dev.insitu.train.Objective;
import dev.insitu.train.Torch;
import dev.insitu.train.TrainableGraph;
import dev.insitu.train.TrainingRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Heads learn what the end of a frozen backbone answers, labels, or both; all in one pass. */
final class ExitObjective implements Objective {

  private final TrainableGraph backbone;
  private final String output;
  private final List<ExitPlace> places;
  private final Heads heads;
  private final TrainingRecipe recipe;

  /**
   * @param output of the backbone, float[n][classes]
   * @param heads at all the places
   */
  ExitObjective(
      TrainableGraph backbone,
      String output,
      List<ExitPlace> places,
      Heads heads,
      TrainingRecipe recipe) {
    this.backbone = backbone;
    this.output = output;
    this.places = List.copyOf(places);
    this.heads = heads;
    this.recipe = recipe;
  }

  @Override
  public double accumulate(NDManager scope, Batch batch, int step) {
    List<String> wanted = new ArrayList<>();
    places.forEach(place -> wanted.add(place.value()));
    wanted.add(output);
    Map<String, NDArray> values =
        backbone.forward(
            scope, batch.inputs(), Forward.eval().withOutputs(wanted.toArray(String[]::new)));
    Optional<NDArray> end = Optional.ofNullable(values.get(output));
    double sum = 0;
    for (ExitPlace place : places) {
      NDArray logits = heads.logitsInTraining(scope, place, values);
      sum += Torch.backward(() -> Losses.of(recipe, logits, batch, end));
    }
    return sum / places.size();
  }
}
