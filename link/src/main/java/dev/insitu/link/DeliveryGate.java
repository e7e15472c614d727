package dev.insitu.link;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes that may still reach the device before the next cut. Pure bookkeeping;
 * thread-safe.
 */
final class DeliveryGate {
  private final Queue<Cut.AfterBytes> ahead;
  private long granted;
  private boolean shut;

  /**
   * An answer of the gate.
   *
   * @param bytes how many may be delivered
   * @param cut what the caller must carry out after delivering them, before it calls {@link
   *     DeliveryGate#reopen}
   */
  record Grant(int bytes, Cut.@Nullable AfterBytes cut) {}

  DeliveryGate(List<Cut> cuts) {
    this.ahead =
        new ArrayDeque<>(
            cuts.stream()
                .filter(Cut.AfterBytes.class::isInstance)
                .map(Cut.AfterBytes.class::cast)
                .sorted(Comparator.comparingLong(Cut.AfterBytes::bytes))
                .collect(Collectors.toUnmodifiableList()));
  }

  /** How many of the wanted bytes may be delivered; none while a cut is being carried out. */
  synchronized Grant grant(int wanted) {
    if (shut) {
      return new Grant(0, null);
    }
    Cut.AfterBytes next = ahead.peek();
    if (next == null || granted + wanted < next.bytes()) {
      granted += wanted;
      return new Grant(wanted, null);
    }
    int allowed = (int) Math.max(0, next.bytes() - granted);
    granted += allowed;
    shut = true;
    return new Grant(allowed, ahead.remove());
  }

  /** Says that the cut has been carried out. */
  synchronized void reopen() {
    shut = false;
  }
}
