package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Runs a recipe: batch, gradients, change, again. With a checkpoint file it goes on where an
 * earlier process of the same recipe was killed, to the same end; a process that is told to end
 * writes one first. Not thread-safe.
 */
public final class Trainer {

  private static final double SMOOTHING = 0.95;

  private final TrainingRecipe recipe;
  private final List<Parameters> parameters;
  private final Objective objective;
  private final TrainingData data;
  private final Options options;

  /**
   * What training needs besides, none of which changes its result.
   *
   * @param checkpoint the file that is read at the start, if it is there, and written on the way;
   *     empty for none
   * @param checkpointEvery steps between two checkpoints
   * @param progress told of every step
   * @param nanoTime the clock, as {@link System#nanoTime}
   */
  public record Options(
      Optional<Path> checkpoint,
      int checkpointEvery,
      Consumer<Progress> progress,
      LongSupplier nanoTime) {

    public Options {
      if (checkpointEvery < 1) {
        throw new TrainException("A checkpoint every " + checkpointEvery + " steps.");
      }
    }

    /** No checkpoints, nobody told. */
    public static Options none() {
      return new Options(Optional.empty(), 1, progress -> {}, System::nanoTime);
    }

    public Options withCheckpoint(Path file, int every) {
      return new Options(Optional.of(file), every, progress, nanoTime);
    }

    public Options withProgress(Consumer<Progress> listener) {
      return new Options(checkpoint, checkpointEvery, listener, nanoTime);
    }
  }

  /**
   * @param parameters those of all graphs that are trained, and further ones; names are unique over
   *     all of them
   */
  public Trainer(
      TrainingRecipe recipe,
      List<Parameters> parameters,
      Objective objective,
      TrainingData data,
      Options options) {
    this.recipe = recipe;
    this.parameters = List.copyOf(parameters);
    this.objective = objective;
    this.data = data;
    this.options = options;
  }

  /**
   * Trains to the end.
   *
   * @return loss averaged over the last twenty steps or so; NaN if none was left to do
   * @throws TrainException if the loss is no number any more: the parameters are then those of the
   *     last good checkpoint, if there is one
   */
  public double run() {
    List<Parameter> trained = new ArrayList<>();
    parameters.forEach(p -> trained.addAll(p.trained()));
    if (trained.isEmpty()) {
      throw new TrainException("No parameter is to be trained: all are frozen or there are none.");
    }
    try (NDManager manager = Torch.newManager();
        Optimizer optimizer = new Optimizer(recipe.optimizer(), parameters, manager);
        OrderlyStop stop = new OrderlyStop()) {
      Map<String, NDArray> state = state(optimizer);
      Checkpoint checkpoint = new Checkpoint(options.checkpoint(), fingerprint(), state);
      return steps(manager, optimizer, trained, checkpoint, stop);
    } finally {
      trained.forEach(parameter -> Torch.clearGradient(parameter.array()));
    }
  }

  private double steps(
      NDManager manager,
      Optimizer optimizer,
      List<Parameter> trained,
      Checkpoint checkpoint,
      OrderlyStop stop) {
    SampleOrder order = new SampleOrder(data.count(), recipe.batch(), recipe.seed());
    int first = checkpoint.restore();
    long start = options.nanoTime().getAsLong();
    double smooth = Double.NaN;
    for (int step = first; step < recipe.steps(); step++) {
      trained.forEach(parameter -> Torch.clearGradient(parameter.array()));
      double loss = accumulate(manager, order, step);
      if (!Double.isFinite(loss)) {
        throw diverged(step, checkpoint, "The loss became " + loss);
      }
      optimizer.apply(step, recipe.schedule().rate(step, recipe.steps()), recipe.clipNorm());
      smooth = Double.isNaN(smooth) ? loss : SMOOTHING * smooth + (1 - SMOOTHING) * loss;
      report(order, first, step, start, loss, smooth);
      boolean last = step + 1 == recipe.steps() || stop.isAsked();
      if ((last || (step + 1) % options.checkpointEvery() == 0) && !checkpoint.write(step + 1)) {
        throw diverged(step, checkpoint, "A parameter became infinite or not a number");
      }
      if (stop.isAsked()) {
        stop.finish();
      }
    }
    return smooth;
  }

  private double accumulate(NDManager manager, SampleOrder order, int step) {
    Torch.setSeed(SampleOrder.mixed(recipe.seed(), step));
    try (NDManager scope = manager.newSubManager()) {
      Batch batch = data.batch(scope, order.samples(step), order.random(step));
      return objective.accumulate(scope, batch, step);
    }
  }

  private TrainException diverged(int step, Checkpoint checkpoint, String what) {
    int kept = checkpoint.restore();
    String rest =
        options.checkpoint().isEmpty()
            ? "There is no checkpoint to go back to."
            : kept == 0
                ? "There is no checkpoint yet to go back to."
                : "The parameters are again those of the checkpoint after step "
                    + kept
                    + ", "
                    + options.checkpoint().get()
                    + ".";
    return new TrainException(
        what
            + " in step "
            + (step + 1)
            + " of "
            + recipe.steps()
            + ", at a learning rate of "
            + recipe.schedule().rate(step, recipe.steps())
            + ". "
            + rest
            + "\nMaybe lower the learning rate, or limit the gradient (clipNorm).");
  }

  private void report(
      SampleOrder order, int first, int step, long start, double loss, double smooth) {
    double seconds = Math.max(1e-9, (options.nanoTime().getAsLong() - start) / 1e9);
    int done = step + 1 - first;
    double left = seconds / done * (recipe.steps() - step - 1);
    options
        .progress()
        .accept(
            new Progress(
                step + 1,
                recipe.steps(),
                (step + 1.0) / order.stepsPerRound(),
                loss,
                smooth,
                recipe.schedule().rate(step, recipe.steps()),
                done * (double) recipe.batch() / seconds,
                Duration.ofMillis((long) (1000 * left))));
  }

  /** Everything that a checkpoint holds, by name. */
  private Map<String, NDArray> state(Optimizer optimizer) {
    Map<String, NDArray> state = new LinkedHashMap<>();
    for (Parameters some : parameters) {
      for (Parameter parameter : some.all()) {
        if (state.put("parameter " + parameter.name(), parameter.array()) != null) {
          throw new TrainException("Two parameters are called '" + parameter.name() + "'.");
        }
      }
    }
    optimizer.state().forEach((name, array) -> state.put("optimizer " + name, array));
    return state;
  }

  /** What must be the same for a checkpoint to be gone on from. */
  private String fingerprint() {
    return recipe + " on " + data.count() + " samples" + objective.fingerprint();
  }
}
