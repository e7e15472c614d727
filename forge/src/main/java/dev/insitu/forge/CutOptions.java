package dev.insitu.forge;

import dev.insitu.runtime.features.FeatureCodec;
import java.util.List;

/**
 * Where a package is cut for the sake of depth, and what is measured there.
 *
 * @param at shares of the work, between 0 and 1, near which the model is cut, beside where the
 *     packer would cut it
 * @param featureBits with how many bits for a value a device may send what crosses a cut; each is
 *     measured at every cut. Empty to measure no cut
 */
public record CutOptions(List<Double> at, List<Integer> featureBits) {

  /** No further cut, none measured. */
  public static final CutOptions NONE = new CutOptions(List.of(), List.of());

  /** What is measured if nothing else is said. */
  public static final List<Integer> USUAL_BITS = List.of(8, 6, 4, 3, 2);

  private static final int MOST = 64;

  public CutOptions {
    at = List.copyOf(at);
    featureBits = featureBits.stream().distinct().toList();
    for (double share : at) {
      if (!(share > 0 && share < 1)) {
        throw new ForgeException(
            "A cut after a share of "
                + share
                + " of the work was asked for; it must be between 0 and 1.");
      }
    }
    for (int bits : featureBits) {
      if (bits != FeatureCodec.EXACT && (bits < 1 || bits > FeatureCodec.MOST_BITS)) {
        throw new ForgeException(
            "Features of "
                + bits
                + " bits were asked for; 1 to "
                + FeatureCodec.MOST_BITS
                + " are possible, and "
                + FeatureCodec.EXACT
                + " for floats as they are.");
      }
    }
    if (at.size() > MOST) {
      throw new ForgeException(
          at.size() + " further cuts were asked for; at most " + MOST + " are possible.");
    }
  }

  /** Cut near these shares of the work too. */
  public CutOptions withAt(List<Double> shares) {
    return new CutOptions(shares, featureBits);
  }

  /** Measured with so many bits for a value of what crosses a cut. */
  public CutOptions withFeatureBits(List<Integer> bits) {
    return new CutOptions(at, bits);
  }
}
