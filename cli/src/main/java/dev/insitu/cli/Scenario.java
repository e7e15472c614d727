package dev.insitu.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;

/** Something that {@code insitu bench} can measure; found by {@link java.util.ServiceLoader}. */
public interface Scenario {

  /** What it is called on the command line. */
  String name();

  /** One line about what it measures. */
  String purpose();

  /**
   * Measures.
   *
   * @throws Exception if it cannot be measured here
   */
  void run(Request request) throws Exception;

  /**
   * What is asked for.
   *
   * @param model the user's ONNX file; empty uses models of the scenario's own
   * @param runs repetitions; 0 leaves it to the scenario
   * @param seed of everything random
   * @param quick whether a rough figure in a short time is asked for
   * @param only the parts that are asked for, as the scenario calls them; all if it is empty
   * @param rows takes each result as soon as it is there
   * @param notes takes remarks for people
   */
  record Request(
      Optional<Path> model,
      int runs,
      long seed,
      boolean quick,
      Set<String> only,
      Consumer<Row> rows,
      Consumer<String> notes) {

    public Request {
      only = Set.copyOf(only);
    }

    /** Whether a part is asked for. */
    public boolean asks(String part) {
      return only.isEmpty() || only.contains(part);
    }
  }

  /**
   * One figure beside what bounds it and what others reach.
   *
   * @param name what was measured, as in {@code first-answer/resnet18/20mbit}
   * @param unit of all figures
   * @param ours median of the runs
   * @param bound what computation or the link allow at best; empty if there is none
   * @param peer what the other program reached in the same run; empty if there is none
   * @param runs how many
   * @param spread (largest - smallest) / median of our runs
   * @param ok whether the target was met and the answer was right
   * @param details anything else worth knowing
   */
  record Row(
      String name,
      String unit,
      double ours,
      OptionalDouble bound,
      OptionalDouble peer,
      int runs,
      double spread,
      boolean ok,
      Map<String, Object> details) {

    public Row {
      details = Map.copyOf(details);
    }

    /** A figure without bound or peer. */
    public static Row of(String name, String unit, double ours, boolean ok) {
      return new Row(
          name, unit, ours, OptionalDouble.empty(), OptionalDouble.empty(), 1, 0, ok, Map.of());
    }
  }
}
