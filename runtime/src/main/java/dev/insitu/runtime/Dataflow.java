package dev.insitu.runtime;

import dev.insitu.elastic.Cuts;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.ValueSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which values cross which cut between segments, and when each can be freed. Immutable. */
final class Dataflow {

  private final List<Set<String>> cuts = new ArrayList<>();
  private final List<List<String>> freed = new ArrayList<>(); // dead after segment k
  private final List<List<String>> freedBehindExits = new ArrayList<>(); // and after its exit

  /**
   * @throws InferenceException MODEL if a segment reads what no earlier one makes
   */
  Dataflow(Manifest manifest) {
    requireOrder(manifest);
    Cuts all = Cuts.of(manifest);
    for (int i = 0; i <= manifest.segments().size(); i++) {
      cuts.add(Collections.unmodifiableSet(new LinkedHashSet<>(all.before(i))));
    }
    for (int i = 0; i < manifest.segments().size(); i++) {
      Set<String> dead = new LinkedHashSet<>(cuts.get(i));
      dead.addAll(manifest.segments().get(i).outputs());
      dead.removeAll(cuts.get(i + 1));
      freed.add(List.copyOf(dead));
    }
    keepForHeads(manifest);
  }

  private static void requireOrder(Manifest manifest) {
    Set<String> known = new HashSet<>();
    manifest.inputs().forEach(input -> known.add(input.name()));
    for (int i = 0; i < manifest.segments().size(); i++) {
      SegmentSpec segment = manifest.segments().get(i);
      for (String input : segment.inputs()) {
        require(manifest, known, input, "segment " + i);
      }
      known.addAll(segment.outputs());
    }
    for (ValueSpec output : manifest.outputs()) {
      require(manifest, known, output.name(), "the model's end");
    }
  }

  /** A head may read what no later segment reads: that is freed after it. */
  private void keepForHeads(Manifest manifest) {
    Map<String, Integer> lastRead = new HashMap<>();
    for (ExitSpec exit : manifest.exits()) {
      exit.head().inputs().forEach(input -> lastRead.put(input, exit.after()));
    }
    freed.forEach(dead -> freedBehindExits.add(new ArrayList<>()));
    for (int i = 0; i < freed.size(); i++) {
      for (String value : freed.get(i)) {
        freedBehindExits.get(Math.max(i, lastRead.getOrDefault(value, i))).add(value);
      }
    }
  }

  private static void require(Manifest manifest, Set<String> known, String value, String reader) {
    if (!known.contains(value)) {
      throw InferenceException.model(
          "Package '"
              + manifest.name()
              + "' is inconsistent: "
              + reader
              + " reads '"
              + value
              + "', which nothing before it makes.");
    }
  }

  /** Values that must be there before a segment runs; with the number of segments: the outputs. */
  Set<String> cut(int segment) {
    return cuts.get(segment);
  }

  /** Values that nobody reads after a segment. */
  List<String> freedAfter(int segment) {
    return freed.get(segment);
  }

  /** Values that nobody reads after a segment and the exit behind it, and exits further on. */
  List<String> freedBehindExit(int segment) {
    return freedBehindExits.get(segment);
  }
}
