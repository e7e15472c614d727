package dev.insitu.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the demo claims and whether it held: its exit status. */
final class DemoChecks {

  private final List<Map<String, Object>> results = new ArrayList<>();

  /** Notes a claim, whether it held, and the figure behind it. */
  void check(String claim, boolean held, String figure) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("claim", claim);
    result.put("held", held);
    result.put("figure", figure);
    results.add(result);
  }

  boolean allHeld() {
    return results.stream().allMatch(result -> (Boolean) result.get("held"));
  }

  List<Map<String, Object>> results() {
    return List.copyOf(results);
  }
}
