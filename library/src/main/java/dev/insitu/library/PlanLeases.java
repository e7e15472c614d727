package dev.insitu.library;

import dev.insitu.elastic.Digest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans that are open, each until some time after its last use; the least recently used go first
 * when there are too many.
 */
final class PlanLeases {

  private final Clock clock;
  private final Duration term;
  private final int most;
  private final Map<Digest, Lease> leases = new LinkedHashMap<>(16, 0.75f, true);

  private record Lease(OpenPlan plan, Instant end) {}

  PlanLeases(Clock clock, Duration term, int most) {
    this.clock = clock;
    this.term = term;
    this.most = most;
  }

  synchronized void put(OpenPlan plan) {
    dropExpired();
    leases.put(plan.id(), new Lease(plan, clock.instant().plus(term)));
    Iterator<Lease> eldest = leases.values().iterator();
    while (leases.size() > most && eldest.hasNext()) {
      eldest.next();
      eldest.remove();
    }
  }

  synchronized void remove(Digest id) {
    leases.remove(id);
  }

  /** The plan, its lease begun anew. */
  synchronized Optional<OpenPlan> use(Digest id) {
    Lease lease = leases.get(id);
    Instant now = clock.instant();
    if (lease == null || lease.end().isBefore(now)) {
      leases.remove(id);
      return Optional.empty();
    }
    leases.put(id, new Lease(lease.plan(), now.plus(term)));
    return Optional.of(lease.plan());
  }

  synchronized List<OpenPlan> open() {
    dropExpired();
    List<OpenPlan> plans = new ArrayList<>();
    leases.values().forEach(lease -> plans.add(lease.plan()));
    return plans;
  }

  /** The least recently used come first, and end first. */
  private void dropExpired() {
    Instant now = clock.instant();
    Iterator<Lease> eldest = leases.values().iterator();
    while (eldest.hasNext() && eldest.next().end().isBefore(now)) {
      eldest.remove();
    }
  }
}
