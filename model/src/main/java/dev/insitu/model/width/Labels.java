package dev.insitu.model.width;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Labels of indices, joined where indices must be kept or left out together (union-find), pinned
 * where they must stay.
 *
 * <p>What was joined is noted, so that it can be checked afterwards that channels which look alike
 * can really change places.
 */
final class Labels {

  /** Longer dimensions, such as vocabularies, are fixed. */
  static final int MAX_AXIS = 1 << 16;

  /** Most labels and most noted pairs; what is more is fixed. */
  private static final int MAX_LABELS = 1 << 25;

  /** Most labels of all values together; what is more is fixed. */
  private static final long MAX_USES = 1L << 28;

  /**
   * Where labels were first given.
   *
   * @param tensor an initializer's name; empty if they belong to no weight
   * @param axis its dimension
   * @param labels one for each index, in ascending order
   */
  record Origin(String tensor, int axis, Axis labels) {}

  /**
   * Indices that were joined one by one.
   *
   * @param left the one dimension
   * @param right the other, of the same size
   */
  record Link(Axis left, Axis right) {}

  private int[] parents = new int[1024];
  private int[] origins = new int[1024];
  private int count;
  private long noted;
  private long uses;
  private final List<Origin> byNumber = new ArrayList<>();
  private final List<SlotRole> roles = new ArrayList<>();
  private final List<Link> links = new ArrayList<>();
  private final BitSet pinned = new BitSet();

  /** A dimension with new labels; fixed if it has one index or too many. */
  Axis fresh(String tensor, int axis, long size) {
    if (size < 2 || size > MAX_AXIS || count + size > MAX_LABELS) {
      return Axis.FIXED;
    }
    int[] labels = new int[(int) size];
    if (count + labels.length > parents.length) {
      int length = Math.max(2 * parents.length, count + labels.length);
      parents = Arrays.copyOf(parents, length);
      origins = Arrays.copyOf(origins, length);
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = count;
      parents[count] = count;
      origins[count] = byNumber.size();
      count++;
    }
    Axis made = Axis.of(labels);
    byNumber.add(new Origin(tensor, axis, made));
    roles.add(SlotRole.VECTOR);
    return made;
  }

  /** Whether one more value's dimension can have these labels. */
  boolean use(Axis axis) {
    uses += axis.size();
    return uses <= MAX_USES;
  }

  /** Labels that are not a weight's. */
  Axis fresh(long size) {
    return fresh("", 0, size);
  }

  int count() {
    return count;
  }

  List<Origin> origins() {
    return byNumber;
  }

  List<Link> links() {
    return links;
  }

  int origin(int label) {
    return origins[label];
  }

  SlotRole role(int origin) {
    return roles.get(origin);
  }

  /** Says what the weights whose labels these are do with the channels. */
  void role(Axis axis, SlotRole role) {
    for (int i = 0; i < axis.size(); i++) {
      int origin = origins[axis.label(i)];
      if (role.compareTo(roles.get(origin)) < 0) {
        roles.set(origin, role);
      }
    }
  }

  /** The label that stands for all that are joined with this one. */
  int root(int label) {
    int at = label;
    while (parents[at] != at) {
      parents[at] = parents[parents[at]];
      at = parents[at];
    }
    return at;
  }

  boolean isPinned(int label) {
    return pinned.get(root(label));
  }

  /** Whether no index of the dimension has to stay. */
  boolean isFree(Axis axis) {
    for (int i = 0; i < axis.size(); i++) {
      if (isPinned(axis.label(i))) {
        return false;
      }
    }
    return !axis.isFixed();
  }

  /** All indices of the dimension must stay. */
  void pin(Axis axis) {
    for (int i = 0; i < axis.size(); i++) {
      pinned.set(root(axis.label(i)));
    }
  }

  /** Indices of the same place are the same channel. */
  void link(Axis left, Axis right) {
    boolean possible = left.size() == right.size() && noted + left.size() <= MAX_LABELS;
    if (!possible) {
      pin(left);
      pin(right);
      return;
    }
    if (left == right) {
      return;
    }
    noted += left.size();
    links.add(new Link(left, right));
    for (int i = 0; i < left.size(); i++) {
      join(left.label(i), right.label(i));
    }
  }

  /** Indices of one block of that size are the same channel. */
  void bundle(Axis axis, int block) {
    if (block == 1) {
      return;
    }
    int[] first = new int[axis.size()];
    for (int i = 0; i < first.length; i++) {
      first[i] = i / block * block;
    }
    link(axis, axis.pick(first));
  }

  private void join(int left, int right) {
    int a = root(left);
    int b = root(right);
    if (a != b) {
      int low = Math.min(a, b);
      int high = Math.max(a, b);
      parents[high] = low;
      if (pinned.get(high)) {
        pinned.set(low);
      }
    }
  }
}
