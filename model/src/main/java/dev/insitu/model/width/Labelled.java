package dev.insitu.model.width;

import java.util.List;

/**
 * A value with a label for each index of each of its dimensions.
 *
 * @param axes its dimensions; empty if even their number is unknown
 * @param constant whether it depends on no input of the model
 */
record Labelled(List<Axis> axes, boolean constant) {

  static final Labelled UNKNOWN = new Labelled(List.of(), false);

  Labelled {
    axes = List.copyOf(axes);
  }

  int rank() {
    return axes.size();
  }
}
