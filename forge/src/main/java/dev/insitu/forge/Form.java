package dev.insitu.forge;

import dev.insitu.forge.levels.StatedValues;

/**
 * How weights are coded where the format leaves a choice.
 *
 * @param keepsPower whether weights are rebuilt with the power of the exact ones, instead of
 *     nearest to them
 * @param stated what small tensors say at each level
 */
record Form(boolean keepsPower, StatedValues stated) {

  /** By the weights alone. */
  static final Form PLAIN = new Form(false, StatedValues.none());
}
