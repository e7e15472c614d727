package dev.insitu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.plan.ModelCost;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Profile.Point;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class FrontTest {

  private static final List<Point> WHOLE = List.of(point(1, 1_000, 0.5), point(3, 4_000, 0.9));
  private static final List<Point> EXIT = List.of(point(1, 400, 0.4), point(2, 2_000, 0.45));
  private static final List<Point> NARROW = List.of(point(1, 600, 0.3), point(2, 2_000, 0.8));

  private static Point point(int chunks, long bytes, double agreement) {
    return new Point(chunks, bytes, bytes / 500.0, agreement, OptionalDouble.empty());
  }

  private static Profile profile() {
    return new Profile(
            10, WHOLE, List.of(new Profile.Exit(0, OptionalDouble.of(0.3), EXIT)), List.of())
        .withWidths(List.of(new Profile.Width(0.5, OptionalDouble.of(0.3), NARROW, List.of())))
        .withCosts(
            List.of(
                new ModelCost(4, 0.5, 1_000_000, 2_000_000, OptionalDouble.empty()),
                new ModelCost(1, 1, 1_500_000, 2_500_000, OptionalDouble.empty()),
                new ModelCost(4, 1, 3_000_000, 8_000_000, OptionalDouble.of(0.0025))));
  }

  @Test
  void theFrontIsWhatNothingSmallerBeats() {
    List<Front.Entry> best = Front.of(profile()).best();
    assertEquals(
        List.of(400L, 1_000L, 2_000L, 4_000L),
        best.stream().map(entry -> entry.point().bytes()).toList());
    assertEquals(0.5, best.get(2).model().width());
  }

  @Test
  void theTableSaysWhatEachCosts() {
    String text = FrontTable.text(Front.of(profile()), profile());
    assertTrue(text.contains("2.50 ms") && text.contains("3.0") && text.contains("8.00 MB"), text);
    assertEquals(5, text.lines().count(), text);
  }

  @Test
  void theTerminalShowsTheFrontAndTheOthers() {
    String text = FrontPlot.text(Front.of(profile()));
    assertEquals(4, text.chars().filter(c -> c == '●').count(), text);
    assertTrue(text.contains("90.0 %") && text.contains("30.0 %"), text);
  }

  @Test
  void agreementStandsInWhereNotAllIsLabelled() {
    assertFalse(Front.of(profile()).labelled());
  }

  @Test
  void onePointCanBeDrawn() {
    Profile one = new Profile(1, List.of(point(1, 100, 1)));
    assertTrue(FrontPlot.text(Front.of(one)).contains("●"));
    assertEquals(1, FrontPlot.chart("one", Front.of(one)).lines().size());
    assertEquals(4, FrontPlot.chart("all", Front.of(profile())).lines().size());
  }
}
