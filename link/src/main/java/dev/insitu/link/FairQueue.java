package dev.insitu.link;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses whose packet is sent next, so that connections with something to send get equal shares of
 * bytes. Start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996): every packet is tagged with
 * the bytes its flow has sent, or with the present tag if the flow was idle, and the smallest tag
 * goes first. Not thread-safe.
 */
final class FairQueue {
  private final List<Flow> flows = new ArrayList<>();
  private long presentTag;

  void add(Flow flow) {
    flows.add(flow);
  }

  void remove(Flow flow) {
    flows.remove(flow);
  }

  /** To be called when a flow that had nothing waiting gets a packet. */
  void wake(Flow flow) {
    flow.tag = Math.max(flow.tag, presentTag);
  }

  /** Takes the next packet out of its flow. */
  @Nullable Next poll() {
    Flow flow =
        flows.stream()
            .filter(f -> !f.waiting.isEmpty())
            .min(Comparator.comparingLong(f -> f.tag))
            .orElse(null);
    if (flow == null) {
      return null;
    }
    Packet packet = flow.waiting.remove();
    presentTag = flow.tag;
    flow.tag += packet.length();
    return new Next(flow, packet);
  }

  /** A packet and whose it is. */
  record Next(Flow flow, Packet packet) {}
}
