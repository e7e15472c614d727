package dev.insitu.model.width;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class GroupFinderTest {

  private final Labels labels = new Labels();
  private final Axis rows = labels.fresh("w", 0, 4);
  private final Axis columns = labels.fresh("v", 1, 4);

  private List<ChannelGroup> find(Labelled... values) {
    labels.role(rows, SlotRole.OUTPUT);
    int[] numbers = new int[labels.count()];
    return new GroupFinder(labels, List.of(values)).find(1, numbers, numbers.clone());
  }

  @Test
  void blocksThatGoTogetherAreOneChannel() {
    labels.bundle(rows, 2);
    labels.link(rows, columns);
    List<ChannelGroup> groups = find();
    assertEquals(1, groups.size());
    assertEquals(2, groups.getFirst().size());
    Slot slot = groups.getFirst().slots().getLast();
    assertEquals("v", slot.weight());
    assertEquals(2, slot.repeat());
    assertArrayEquals(new int[] {0, 1, 2, 3}, slot.positions());
  }

  /** Both channels have two rows and two columns, but not in the same order. */
  @Test
  void channelsThatAreJoinedCrosswiseCannotChangePlaces() {
    labels.bundle(rows, 2);
    labels.link(rows, columns.pick(new int[] {0, 1, 3, 2}));
    assertEquals(List.of(), find());
  }

  @Test
  void channelsThatOnlySomeValuesHaveAreApart() {
    labels.link(rows, columns);
    Labelled first = new Labelled(List.of(rows.range(0, 2)), false);
    assertEquals(List.of(2, 2), find(first).stream().map(ChannelGroup::size).toList());
  }

  @Test
  void pinnedChannelsAreNone() {
    labels.link(rows, columns);
    labels.pin(columns.range(1, 2));
    assertArrayEquals(new int[] {0, 2, 3}, find().getFirst().slots().getFirst().positions());
    labels.link(rows, Axis.FIXED);
    assertEquals(List.of(), find());
  }

  @Test
  void dimensionsOfOneIndexOrTooManyAreFixed() {
    for (long size : new long[] {-1, 0, 1, Labels.MAX_AXIS + 1L, Long.MAX_VALUE}) {
      assertEquals(true, labels.fresh(size).isFixed(), size + " indices");
    }
  }
}
