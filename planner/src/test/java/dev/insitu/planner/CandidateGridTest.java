package dev.insitu.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.CutProfile;
import dev.insitu.elastic.plan.CutProfile.Features;
import dev.insitu.elastic.plan.CutProfile.Level;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import dev.insitu.planner.Decision.Chosen;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Grids of packages and profiles as they may come from outside. */
class CandidateGridTest {

  private static final Manifest MANIFEST = LayeredPackage.planes(3, 2, 2, List.of(0));

  private static Decision decide(CandidateGrid grid) {
    return new Planner(grid, Calibration.DEFAULT, new ServerSide(1e9, 0))
        .decide(
            Situation.UNKNOWN.withChannel(Channel.of(1e6, 1e6, 0)),
            StartingPoint.nothing(grid.manifest(), 100));
  }

  private static Features features(int bits) {
    return new Features(bits, 100, 0.5, OptionalDouble.of(0.5));
  }

  @Test
  void prefixesOfALargePackageAreBoundedAndHoldTheMeasuredOnes() {
    Manifest large = LayeredPackage.planes(300, 1, 6, List.of(10, 100));
    Profile profile = LayeredPackage.profile(large, false);
    CandidateGrid grid = CandidateGrid.of(large, profile);
    ChunkIndex index = grid.index(0);
    assertTrue(index.prefixes() <= CandidateGrid.MAX_PREFIXES && index.prefixes() > 200);
    assertEquals(0, index.end(0));
    assertEquals(large.chunks().size(), index.end(index.prefixes() - 1));
    profile
        .points()
        .forEach(point -> assertTrue(index.prefixOf(point.chunks()) >= 0, point.toString()));
  }

  @Test
  void profilesThatDoNotFitThePackageAreTakenAsFarAsTheyDo() {
    Profile profile = LayeredPackage.profile(MANIFEST, true);
    List<CutProfile> cuts = new ArrayList<>(profile.cuts());
    cuts.add(new CutProfile(3, 1, 1, List.of(new Level(1, 1, List.of(features(8))))));
    cuts.add(new CutProfile(1_000_000, 1, 1, List.of(new Level(1, 1, List.of(features(8))))));
    cuts.add(new CutProfile(1, 1, 1, List.of()));
    cuts.add(
        new CutProfile(
            1,
            1,
            1,
            List.of(
                new Level(1, 1, List.of(features(8), features(4))),
                new Level(Integer.MAX_VALUE, Long.MAX_VALUE, List.of(features(8))))));
    CandidateGrid fitting = CandidateGrid.of(MANIFEST, profile);
    CandidateGrid grid = CandidateGrid.of(MANIFEST, profile.withCuts(cuts));
    assertTrue(grid.points() > fitting.points());
    assertInstanceOf(Chosen.class, decide(grid));
  }

  @Test
  void aProfileOfFarTooManyCutsMakesNoMoreThanATableOfCandidates() {
    Level level = new Level(1, 1, Collections.nCopies(5, features(8)));
    Profile profile =
        LayeredPackage.profile(MANIFEST, false)
            .withCuts(Collections.nCopies(200_000, new CutProfile(1, 1, 1, List.of(level))));
    CandidateGrid grid = CandidateGrid.of(MANIFEST, profile);
    assertTrue(grid.points() <= 2 * Prefixes.MOST_CELLS, () -> grid.points() + " points");
  }

  @Test
  void aProfileOfAnotherModelKnowsNothingOfThisOne() {
    Profile.Exit exit =
        new Profile.Exit(
            2000,
            OptionalDouble.empty(),
            List.of(new Profile.Point(1, 1, 1, 0.5, OptionalDouble.empty())));
    CandidateGrid grid =
        CandidateGrid.of(MANIFEST, new Profile(10, List.of(), List.of(exit), List.of()));
    assertEquals(0, grid.points());
    Decision.Infeasible none = assertInstanceOf(Decision.Infeasible.class, decide(grid));
    assertTrue(none.nearest().isEmpty());
  }
}
