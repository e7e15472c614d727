package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.plan.Profile.Point;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PredictionTest {

  private static final List<Point> LINE =
      List.of(point(1, 100, 0.5), point(2, 200, 0.6), point(3, 300, 0.7), point(5, 500, 0.9));

  private static Point point(int chunks, long bytes, double agreement) {
    return new Point(chunks, bytes, bytes / 100.0, agreement, OptionalDouble.empty());
  }

  @Test
  void whatIsMeasuredIsPredictedAsMeasured() {
    for (Point point : LINE) {
      double predicted = Prediction.agreement(LINE, point.bytes()).orElseThrow();
      assertEquals(point.agreement(), predicted, 1e-12);
    }
  }

  @Test
  void betweenPointsItIsBetweenThem() {
    assertEquals(0.65, Prediction.agreement(LINE, 250).orElseThrow(), 1e-12);
    assertEquals(0.9, Prediction.agreement(LINE, 9999).orElseThrow(), 1e-12);
  }

  @Test
  void whatCannotRunIsNotPredicted() {
    assertTrue(Prediction.agreement(LINE, 99).isEmpty());
    assertTrue(Prediction.agreement(List.of(), 99).isEmpty());
  }

  @Test
  void accuracyNeedsLabels() {
    assertTrue(Prediction.accuracy(LINE, 250).isEmpty());
    List<Point> labelled =
        List.of(
            new Point(1, 100, 1, 0.5, OptionalDouble.of(0.4)),
            new Point(2, 200, 2, 0.6, OptionalDouble.of(0.5)));
    assertEquals(0.45, Prediction.accuracy(labelled, 150).orElseThrow(), 1e-12);
  }

  @Test
  void ofPointsOfOneSizeTheLastCounts() {
    List<Point> twice = List.of(point(1, 100, 0.5), point(2, 100, 0.7), point(3, 200, 0.9));
    assertEquals(0.7, Prediction.agreement(twice, 100).orElseThrow(), 1e-12);
  }

  @Test
  void theErrorIsThatOfPointsThatWereLeftOut() {
    assertEquals(0, Prediction.error(List.of(LINE)).mean(), 1e-12);
    List<Point> bent = List.of(point(1, 100, 0.5), point(2, 200, 0.9), point(3, 300, 0.9));
    Prediction.Deviation error = Prediction.error(List.of(LINE, bent));
    assertEquals(3, error.points());
    assertEquals(0.2, error.largest(), 1e-12); // 0.7 in the middle of the line from 0.5 to 0.9
    assertEquals(0.2 / 3, error.mean(), 1e-12);
  }

  @Test
  void twoPointsLeaveNothingOut() {
    Prediction.Deviation error = Prediction.error(List.of(LINE.subList(0, 2), List.of()));
    assertEquals(0, error.points());
    assertEquals(0, error.largest());
  }
}
