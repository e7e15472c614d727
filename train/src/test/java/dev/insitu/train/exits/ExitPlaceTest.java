package dev.insitu.train.exits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.model.Cut;
import dev.insitu.model.Profile;
import dev.insitu.model.Segment;
import dev.insitu.model.SegmentPlan;
import dev.insitu.train.TrainException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitPlaceTest {

  private static SegmentPlan plan(long... macs) {
    List<Segment> segments = new ArrayList<>();
    List<Cut> cuts = new ArrayList<>();
    for (int i = 0; i < macs.length; i++) {
      Profile profile = new Profile(0, 0, macs[i], 0, 0);
      segments.add(new Segment(i, List.of(), new int[0], List.of(), List.of(), profile));
      if (i > 0) {
        cuts.add(new Cut(i, List.of("skip" + i, "v" + i)));
      }
    }
    return new SegmentPlan(segments, cuts);
  }

  private static List<Integer> after(SegmentPlan plan, int exits) {
    return ExitPlace.spread(plan, exits).stream().map(ExitPlace::afterSegment).toList();
  }

  @Test
  void oneExitStandsInTheMiddleOfTheWork() {
    assertEquals(List.of(1), after(plan(10, 10, 10, 10), 1));
    assertEquals(List.of(0), after(plan(50, 10, 20, 20), 1));
    assertEquals(List.of(2), after(plan(10, 10, 30, 50), 1));
  }

  @Test
  void severalAreSpreadAndNeverShareACut() {
    assertEquals(List.of(1, 3), after(plan(10, 10, 10, 10, 10, 10), 2));
    assertEquals(List.of(0, 1, 2), after(plan(97, 1, 1, 1), 3));
    assertEquals(List.of(0, 1, 2), after(plan(1, 1, 1, 97), 3));
    assertEquals(List.of(1), after(plan(0, 0, 0, 0), 1), "of unknown cost");
  }

  @Test
  void anExitReadsTheLatestValueOfItsCut() {
    assertEquals(new ExitPlace(1, "v2"), ExitPlace.at(plan(1, 1, 1), 1));
  }

  @Test
  void moreExitsThanCutsAreRefused() {
    TrainException refused =
        assertThrows(TrainException.class, () -> ExitPlace.spread(plan(1, 1, 1), 3));
    assertTrue(refused.getMessage().contains("1 to 2"), refused.getMessage());
    assertThrows(TrainException.class, () -> ExitPlace.spread(plan(1), 1));
    assertThrows(TrainException.class, () -> ExitPlace.at(plan(1, 1, 1), 2));
    assertThrows(TrainException.class, () -> ExitPlace.at(plan(1, 1, 1), -1));
  }
}
