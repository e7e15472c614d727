package dev.insitu.model;

import java.util.List;

/**
 * A place where a model can be cut in two.
 *
 * @param position how many nodes, in running order, stand before it
 * @param values what earlier nodes compute and later ones read: to be carried over, the model's
 *     inputs not counted
 */
public record Cut(int position, List<String> values) {

  public Cut {
    values = List.copyOf(values);
  }
}
