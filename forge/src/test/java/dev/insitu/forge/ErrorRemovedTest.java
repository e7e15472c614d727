package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class ErrorRemovedTest {

  @Test
  void everyGroupTakesWhatTheLevelsBeforeAndAfterDifferBy() {
    // with 0, 1, 2, 3 planes missing, and with nothing
    double[] errors = {0.5, 1, 4, 16, 100};
    assertArrayEquals(
        new double[] {84, 12, 3, 0.5, 0.5}, ErrorRemoved.byGroup(errors, 3, 3), 1e-12);
  }

  @Test
  void groupsBeforeATensorsFirstPlaneTakeNothing() {
    double[] errors = {0, 1, 10};
    assertArrayEquals(new double[] {9, 0, 0, 1, 0}, ErrorRemoved.byGroup(errors, 1, 3), 1e-12);
  }

  @Test
  void allGroupsTogetherTakeTheWholeError() {
    double[] errors = {0.25, 3, 7, 40};
    double sum = 0;
    for (double removed : ErrorRemoved.byGroup(errors, 2, 6)) {
      sum += removed;
    }
    assertArrayEquals(new double[] {40}, new double[] {sum}, 1e-12);
  }
}
