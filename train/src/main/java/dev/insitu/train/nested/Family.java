package dev.insitu.train.nested;

import dev.insitu.forge.ExitHead;
import dev.insitu.forge.TrainedWith;
import dev.insitu.model.width.Permutation;
import dev.insitu.model.width.Widths;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A re-trained family.
 *
 * @param onnx its float model, the channels in the root's order
 * @param steps the finest steps that it was trained with, by tensor, to be packed with
 * @param orders for each channel group the channels, the most important first; empty without widths
 * @param exits the heads that were trained with it
 * @param narrower its narrower models, the widest first
 */
public record Family(
    Path onnx,
    Map<String, Float> steps,
    List<Permutation> orders,
    List<ExitHead> exits,
    List<Narrower> narrower) {

  /**
   * A narrower model.
   *
   * @param share of the channels that it keeps
   * @param widths how many of each group: the first of its order
   * @param onnx it alone: its kernels and matrices are the family's, with fewer rows and columns;
   *     what is added, scaled and normalised by channel too, or its own ({@link
   *     WidthAxis#ownValues})
   * @param exits its heads
   */
  public record Narrower(double share, Widths widths, Path onnx, List<ExitHead> exits) {

    public Narrower {
      exits = List.copyOf(exits);
    }
  }

  /** What a package of it must know. */
  public TrainedWith training() {
    return new TrainedWith(steps, orders);
  }

  public Family {
    steps = Map.copyOf(steps);
    orders = List.copyOf(orders);
    exits = List.copyOf(exits);
    narrower = List.copyOf(narrower);
  }
}
