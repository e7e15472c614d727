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
  private final List<Exit> exits;
  private final TrainingRecipe recipe;

  /** A head and the value that it reads. */
  record Exit(ExitPlace place, TrainableGraph head) {

    /** Name of what the head answers. */
    String output() {
      return head.outputs().getFirst();
    }
  }

  /**
   * @param output of the backbone, float[n][classes]
   */
  ExitObjective(TrainableGraph backbone, String output, List<Exit> exits, TrainingRecipe recipe) {
    this.backbone = backbone;
    this.output = output;
    this.exits = List.copyOf(exits);
    this.recipe = recipe;
  }

  @Override
  public double accumulate(NDManager scope, Batch batch, int step) {
    List<String> wanted = new ArrayList<>();
    exits.forEach(exit -> wanted.add(exit.place().value()));
    wanted.add(output);
    Map<String, NDArray> values =
        backbone.forward(
            scope, batch.inputs(), Forward.eval().withOutputs(wanted.toArray(String[]::new)));
    Optional<NDArray> end = Optional.ofNullable(values.get(output));
    double sum = 0;
    for (Exit exit : exits) {
      String value = exit.place().value();
      Map<String, NDArray> given = Map.of(value, values.get(value));
      NDArray logits = exit.head().output(scope, given, Forward.train(), exit.output());
      sum += Torch.backward(() -> Losses.of(recipe, logits, batch, end));
    }
    return sum / exits.size();
  }
}
