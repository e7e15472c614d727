package dev.insitu.model.width;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sorts channels into groups whose members can change places.
 *
 * <p>A channel is a set of labels that were joined and are not pinned. Channels form a group if
 * each dimension of each value has equally many indices of all of them (found by refining a
 * partition, dimension by dimension). That the indices also come in the same order and were joined
 * in the same way is checked; a group where it is not so is dropped, as is one whose channels no
 * weight makes. Cost: linear in the sizes of all dimensions.
 */
final class GroupFinder {

  private static final int NONE = -1;

  private final Labels labels;
  private final Set<Axis> axes;

  /** By label: its place among the labels of its channel that were given together. */
  private final int[] places;

  /** By root: the number of the part that the channel is in. */
  private final int[] parts;

  private int partCount = 1;

  /** Looks at these labels in all the values that have them. */
  GroupFinder(Labels labels, Collection<Labelled> values) {
    this.labels = labels;
    this.axes = Collections.newSetFromMap(new IdentityHashMap<>());
    this.places = places();
    this.parts = new int[labels.count()];
    List<Axis> ordered = new ArrayList<>();
    labels.origins().forEach(origin -> addOnce(origin.labels(), ordered));
    values.forEach(v -> v.axes().forEach(a -> addOnce(a, ordered)));
    ordered.forEach(this::refine);
    Set<Integer> broken = new HashSet<>();
    ordered.forEach(axis -> check(axis, axis, broken));
    labels.links().forEach(link -> check(link.left(), link.right(), broken));
    for (int label = 0; label < parts.length; label++) {
      int root = labels.root(label);
      parts[label] = labels.isPinned(label) || broken.contains(parts[root]) ? NONE : parts[root];
    }
  }

  private void addOnce(Axis axis, List<Axis> ordered) {
    if (!axis.isFixed() && axes.add(axis)) {
      ordered.add(axis);
    }
  }

  private int[] places() {
    int[] result = new int[labels.count()];
    int[] counts = new int[labels.count()];
    int base = 0;
    for (Labels.Origin origin : labels.origins()) {
      Axis axis = origin.labels();
      for (int i = 0; i < axis.size(); i++) {
        counts[labels.root(axis.label(i))] = 0;
      }
      for (int i = 0; i < axis.size(); i++) {
        result[axis.label(i)] = base + counts[labels.root(axis.label(i))]++;
      }
      base += axis.size();
    }
    return result;
  }

  /** Tells apart channels of which the dimension has different numbers of indices. */
  private void refine(Axis axis) {
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int i = 0; i < axis.size(); i++) {
      counts.merge(labels.root(axis.label(i)), 1, Integer::sum);
    }
    Map<Long, Integer> refined = new HashMap<>();
    counts.forEach((root, count) -> {
      long key = (long) parts[root] << Integer.SIZE | count;
      Integer part = refined.get(key);
      if (part == null) {
        part = partCount++;
        refined.put(key, part);
      }
      parts[root] = part;
    });
  }

  /** Notes the parts whose channels' indices are arranged in different ways. */
  private void check(Axis left, Axis right, Set<Integer> broken) {
    Map<Integer, List<Integer>> arrangements = new HashMap<>();
    for (int i = 0; i < left.size(); i++) {
      int root = labels.root(left.label(i));
      if (!labels.isPinned(root)) {
        List<Integer> arrangement = arrangements.computeIfAbsent(root, k -> new ArrayList<>(2));
        arrangement.add(places[left.label(i)]);
        arrangement.add(places[right.label(i)]);
      }
    }
    Map<Integer, List<Integer>> usual = new HashMap<>();
    arrangements.forEach((root, arrangement) -> {
      List<Integer> first = usual.putIfAbsent(parts[root], arrangement);
      if (first != null && !first.equals(arrangement)) {
        broken.add(parts[root]);
      }
    });
  }

  /**
   * The channels of each group, the groups and channels in the order of their first labels.
   *
   * @param channels by root the channel's number in its group
   */
  private List<List<Integer>> members(int[] channels) {
    Map<Integer, List<Integer>> members = new HashMap<>();
    List<List<Integer>> ordered = new ArrayList<>();
    for (int label = 0; label < parts.length; label++) {
      if (labels.root(label) == label && parts[label] != NONE) {
        List<Integer> same = members.get(parts[label]);
        if (same == null) {
          same = new ArrayList<>();
          members.put(parts[label], same);
          ordered.add(same);
        }
        channels[label] = same.size();
        same.add(label);
      }
    }
    return ordered;
  }

  /**
   * Finds the groups.
   *
   * @param granule as {@link ChannelGroups#of} takes it
   * @param groupOf by label: filled in with the number of its group, -1 if it is in none
   * @param channelOf by label: filled in with the number of its channel in the group
   */
  List<ChannelGroup> find(int granule, int[] groupOf, int[] channelOf) {
    int[] channels = new int[labels.count()];
    List<List<Integer>> members = members(channels);
    Map<Integer, Integer> numbers = new HashMap<>();
    for (int i = 0; i < members.size(); i++) {
      numbers.put(parts[members.get(i).getFirst()], i);
    }
    List<List<Slot>> slots = new ArrayList<>();
    members.forEach(m -> slots.add(new ArrayList<>()));
    for (int i = 0; i < labels.origins().size(); i++) {
      addSlots(i, numbers, members, channels, slots);
    }
    List<ChannelGroup> groups = new ArrayList<>();
    Arrays.fill(groupOf, NONE);
    for (int i = 0; i < members.size(); i++) {
      int size = members.get(i).size();
      boolean made = slots.get(i).stream().anyMatch(slot -> slot.role() == SlotRole.OUTPUT);
      if (size > 1 && made) {
        numbers.put(parts[members.get(i).getFirst()], ~groups.size());
        groups.add(new ChannelGroup(groups.size(), size, Math.min(size, granule), slots.get(i)));
      }
    }
    for (int label = 0; label < groupOf.length; label++) {
      int number = parts[label] == NONE ? 0 : numbers.getOrDefault(parts[label], 0);
      groupOf[label] = number < 0 ? ~number : NONE;
      channelOf[label] = channels[labels.root(label)];
    }
    return groups;
  }

  private void addSlots(
      int number,
      Map<Integer, Integer> numbers,
      List<List<Integer>> members,
      int[] channels,
      List<List<Slot>> slots) {
    Labels.Origin origin = labels.origins().get(number);
    Map<Integer, List<List<Integer>>> positions = new TreeMap<>();
    for (int i = 0; i < origin.labels().size() && !origin.tensor().isEmpty(); i++) {
      int label = origin.labels().label(i);
      if (parts[label] != NONE) {
        int group = numbers.getOrDefault(parts[label], 0);
        List<List<Integer>> mine =
            positions.computeIfAbsent(
                group,
                k -> {
                  List<List<Integer>> empty = new ArrayList<>();
                  members.get(k).forEach(m -> empty.add(new ArrayList<>(1)));
                  return empty;
                });
        mine.get(channels[labels.root(label)]).add(i);
      }
    }
    positions.forEach((group, lists) -> {
      int[] flat = lists.stream().flatMap(List::stream).mapToInt(Integer::intValue).toArray();
      int repeat = lists.getFirst().size();
      SlotRole role = labels.role(number);
      slots.get(group).add(new Slot(origin.tensor(), origin.axis(), role, repeat, flat));
    });
  }
}
