package dev.insitu.cli;

import dev.insitu.runtime.Answer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Who answered how often, and how much was computed. */
final class EarlyTally {

  private final Map<Integer, Integer> depths = new TreeMap<>(); // of exits
  private int whole;
  private double macsShares;
  private int known;

  void add(Answer answer) {
    if (answer.exit().isPresent()) {
      depths.merge(answer.depth(), 1, Integer::sum);
    } else {
      whole++;
    }
    answer
        .macsShare()
        .ifPresent(share -> {
          macsShares += share;
          known++;
        });
  }

  Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    Map<String, Integer> exits = new LinkedHashMap<>();
    depths.forEach((depth, count) -> exits.put(Integer.toString(depth - 1), count));
    object.put("answeredAfterSegment", exits);
    object.put("answeredByTheWhole", whole);
    if (known > 0) {
      object.put("meanMacsShare", macsShares / known);
    }
    return object;
  }

  String text() {
    StringBuilder text = new StringBuilder("answered");
    depths.forEach((depth, count) ->
        text.append(String.format(Locale.ROOT, " %d after segment %d,", count, depth - 1)));
    text.append(String.format(Locale.ROOT, " %d by the whole model", whole));
    if (known > 0) {
      text.append(
          String.format(Locale.ROOT, "; %.1f %% of the MACs on average", 100 * macsShares / known));
    }
    return text.toString();
  }
}
