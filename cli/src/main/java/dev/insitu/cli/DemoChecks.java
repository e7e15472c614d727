package dev.insitu.cli;

import java.util.ArrayList;
import java.util.List;

/** What the demo claims and whether it held: its exit status. */
final class DemoChecks {

  /** A claim, whether it held, and the figure behind it. */
  record Check(String claim, boolean held, String figure) {}

  private final List<Check> results = new ArrayList<>();

  void check(String claim, boolean held, String figure) {
    results.add(new Check(claim, held, figure));
  }

  boolean allHeld() {
    return results.stream().allMatch(Check::held);
  }

  List<Check> results() {
    return List.copyOf(results);
  }
}
