package dev.insitu.device;

import dev.insitu.elastic.Digest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which version goes first when room is needed: the one used longest ago. The active version of a
 * model in use, the one kept to go back to, one that is arriving, and pinned ones never go. Models
 * that nobody has opened in this process are not in use. Pure.
 */
final class EvictionPolicy {

  private EvictionPolicy() {}

  /**
   * A version that may go.
   *
   * @param model its model
   * @param manifest its manifest
   */
  record Victim(String model, Digest manifest) {}

  private record Candidate(Victim victim, boolean inUse, long used) {}

  /**
   * The next version to give up; empty if none may go.
   *
   * @param models all records
   * @param open names of the models in use
   */
  static Optional<Victim> next(Collection<ModelRecord> models, Set<String> open) {
    List<Candidate> candidates = new ArrayList<>();
    for (ModelRecord model : models) {
      boolean inUse = open.contains(model.name());
      for (VersionRecord version : model.versions()) {
        boolean serves = serves(model, version.manifest());
        if (!version.pinned() && !(inUse && serves)) {
          Victim victim = new Victim(model.name(), version.manifest());
          candidates.add(new Candidate(victim, serves, version.used()));
        }
      }
    }
    return candidates.stream()
        .min(Comparator.comparing(Candidate::inUse).thenComparingLong(Candidate::used))
        .map(Candidate::victim);
  }

  private static boolean serves(ModelRecord model, Digest manifest) {
    Optional<Digest> digest = Optional.of(manifest);
    return model.active().equals(digest)
        || model.previous().equals(digest)
        || model.pending().map(ModelRecord.Pending::manifest).equals(digest);
  }
}
