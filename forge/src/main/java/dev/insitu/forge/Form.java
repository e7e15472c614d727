package dev.insitu.forge;

import dev.insitu.forge.levels.StatedValues;
import java.util.Map;

/**
 * How weights are coded and put in order where the format leaves a choice.
 *
 * @param keepsPower whether weights are rebuilt with the power of the exact ones, instead of
 *     nearest to them
 * @param sensitivities how much errors of tensors matter, by tensor, as measured; 1 for others
 * @param stated what small tensors say at each level
 */
record Form(boolean keepsPower, Map<Integer, Double> sensitivities, StatedValues stated) {

  /** By the weights alone. */
  static final Form PLAIN = new Form(false, Map.of(), StatedValues.none());

  Form {
    sensitivities = Map.copyOf(sensitivities);
  }

  Form keepingPower() {
    return new Form(true, sensitivities, stated);
  }

  Form withSensitivities(Map<Integer, Double> some) {
    return new Form(keepsPower, some, stated);
  }

  Form withStated(StatedValues some) {
    return new Form(keepsPower, sensitivities, some);
  }
}
