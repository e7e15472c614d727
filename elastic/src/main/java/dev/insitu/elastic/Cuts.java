package dev.insitu.elastic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What crosses each cut between a model's segments: the values that segments after it, or the
 * model's outputs, take from before it. The model's inputs come first, in their order, then what
 * segments make, in the order of the segments and of each one's outputs. Immutable.
 */
public final class Cuts {

  private final List<List<String>> cuts = new ArrayList<>(); // cut k lies before segment k

  private Cuts() {}

  /** The cuts of a model. */
  public static Cuts of(Manifest manifest) {
    int count = manifest.segments().size();
    Map<String, Integer> lastUse = new HashMap<>();
    for (int i = 0; i < count; i++) {
      int segment = i;
      manifest.segments().get(i).inputs().forEach(input -> lastUse.put(input, segment));
    }
    manifest.outputs().forEach(output -> lastUse.put(output.name(), count));
    Cuts made = new Cuts();
    Set<String> alive = new LinkedHashSet<>();
    manifest.inputs().forEach(input -> alive.add(input.name()));
    for (int k = 0; k <= count; k++) {
      if (k > 0) {
        alive.addAll(manifest.segments().get(k - 1).outputs());
      }
      int cut = k;
      alive.removeIf(value -> lastUse.getOrDefault(value, -1) < cut);
      made.cuts.add(List.copyOf(alive));
    }
    return made;
  }

  /**
   * The values at a cut.
   *
   * @param segment that the cut lies before: 0 for the model's inputs that are used, the number of
   *     segments for its outputs
   */
  public List<String> before(int segment) {
    return cuts.get(segment);
  }
}
