package dev.insitu.model.width;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which factor of a reshaped dimension counts the channels: of {@code [768] -> [12, 64]} the heads,
 * of {@code [64, 7, 7] -> [3136]} the kernels. It is the first that nothing else holds fast, which
 * is only known when the whole graph was walked once; so the first walk asks and the second uses
 * the answers.
 */
final class Factors {

  /** None of the factors can be narrowed. */
  static final int NONE = -1;

  private record Place(int node, int segment) {}

  private final Map<Place, List<Axis>> asked = new LinkedHashMap<>();
  private final Map<Place, Integer> answers = new HashMap<>();
  private final boolean asking;

  private Factors(boolean asking) {
    this.asking = asking;
  }

  static Factors asking() {
    return new Factors(true);
  }

  /**
   * The answers to what was asked, after the walk that joined and pinned these labels. Where one
   * factor is chosen, the others are pinned before the next question is answered, so that all
   * reshapes of the same dimensions choose the same.
   */
  Factors answered(Labels labels) {
    Factors answered = new Factors(false);
    asked.forEach((place, factors) -> {
      int first = NONE;
      for (int i = factors.size() - 1; i >= 0; i--) {
        first = labels.isFree(factors.get(i)) ? i : first;
      }
      answered.answers.put(place, first);
      for (int i = 0; i < factors.size(); i++) {
        if (i != first) {
          labels.pin(factors.get(i));
        }
      }
    });
    return answered;
  }

  boolean isAsking() {
    return asking;
  }

  void ask(int node, int segment, List<Axis> factors) {
    asked.put(new Place(node, segment), List.copyOf(factors));
  }

  /** The factor that counts the channels; {@link #NONE} if none can. */
  int answer(int node, int segment) {
    return answers.getOrDefault(new Place(node, segment), NONE);
  }
}
