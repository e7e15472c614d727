package dev.insitu.train.nested;

import dev.insitu.train.TrainException;
import dev.insitu.train.exits.ExitPlace;
import java.util.List;
import java.util.Optional;

/**
 * What a family can be reduced by, and so what is trained together.
 *
 * @param bits whether models lack bit planes
 * @param widths the widths; empty if all models have all channels
 * @param exits where heads answer that are trained with the rest; each width has its own
 * @param drawn how many models are drawn in each step besides the largest and the smallest
 * @param bitPrice what a bit a weight, the mean over all, adds to the loss: the higher, the smaller
 *     the package and its sub-models. 0 for nothing
 * @param alone the one model that is trained instead of all, to compare with; empty for the family
 */
public record Nesting(
    boolean bits,
    Optional<WidthAxis> widths,
    List<ExitPlace> exits,
    int drawn,
    double bitPrice,
    Optional<SubNetwork> alone) {

  private static final int MOST_DRAWN = 16;
  private static final double MOST_PRICE = 1000;

  /** Bit planes only. */
  public static final Nesting BITS =
      new Nesting(true, Optional.empty(), List.of(), 1, 0, Optional.empty());

  /** Nothing: the model is trained as it is. Something is then added. */
  public static final Nesting NONE =
      new Nesting(false, Optional.empty(), List.of(), 1, 0, Optional.empty());

  public Nesting {
    exits = List.copyOf(exits);
    if (drawn < 0 || drawn > MOST_DRAWN) {
      throw new TrainException(
          drawn + " models drawn in each step; 0 to " + MOST_DRAWN + " are possible.");
    }
    if (!(bitPrice >= 0 && bitPrice <= MOST_PRICE)) {
      throw new TrainException(
          "A price of " + bitPrice + " for a bit; 0 to " + MOST_PRICE + " are possible.");
    }
    if (alone.isPresent()) {
      SubNetwork one = alone.get();
      int count = widths.map(WidthAxis::count).orElse(1);
      if (one.width() >= count || one.exit().isPresent() && one.exit().getAsInt() >= exits.size()) {
        throw new TrainException(
            "Of " + count + " widths and " + exits.size() + " exits, there is none as in " + one);
      }
    }
  }

  /** With these widths. */
  public Nesting withWidths(WidthAxis axis) {
    return new Nesting(bits, Optional.of(axis), exits, drawn, bitPrice, alone);
  }

  /** With heads at these places, trained with the rest. */
  public Nesting withExits(List<ExitPlace> places) {
    return new Nesting(bits, widths, places, drawn, bitPrice, alone);
  }

  /** With so many models drawn in each step. */
  public Nesting withDrawn(int count) {
    return new Nesting(bits, widths, exits, count, bitPrice, alone);
  }

  /** With a price of bits. */
  public Nesting withBitPrice(double price) {
    return new Nesting(bits, widths, exits, drawn, price, alone);
  }

  /** One model alone. */
  public Nesting only(SubNetwork one) {
    return new Nesting(bits, widths, exits, drawn, bitPrice, Optional.of(one));
  }
}
