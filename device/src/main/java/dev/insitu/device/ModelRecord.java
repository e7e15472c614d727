package dev.insitu.device;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wishes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * All that the device remembers of a model. A value: every change is a new record, and what is on
 * disk is always one of them.
 *
 * @param name of the model
 * @param versions that are on the device, in whole or in part
 * @param active the version that serves
 * @param previous the version that served before and is kept to go back to
 * @param pending the transfer that has not ended
 * @param history manifests that served before the active one, the latest last
 * @param rejected manifests that were rolled back or did not pass their check
 * @param assist what a server may compute; empty for nothing
 */
record ModelRecord(
    String name,
    List<VersionRecord> versions,
    Optional<Digest> active,
    Optional<Digest> previous,
    Optional<Pending> pending,
    List<Digest> history,
    List<Digest> rejected,
    Optional<Assist> assist) {

  private static final int MOST_HISTORY = 64;

  /**
   * A transfer that has not ended.
   *
   * @param wishes what was asked for, without what is held; of a situation, the depth and width
   *     that were decided
   * @param plan what the server answered
   * @param told the situation that was asked with, as the application told it; empty if wishes were
   *     said outright
   */
  record Pending(Wishes wishes, SignedPlan plan, Optional<Situation> told) {

    Pending {
      Objects.requireNonNull(wishes);
      Objects.requireNonNull(plan);
      Objects.requireNonNull(told);
    }

    /** Whether it is what a pull asks for. */
    boolean answers(Asked asked) {
      return told.equals(asked.told())
          && (told.isPresent() || asked.equals(new Asked.ByWishes(wishes)));
    }

    Digest manifest() {
      return plan.plan().content().manifest();
    }
  }

  ModelRecord {
    Objects.requireNonNull(name);
    versions = List.copyOf(versions);
    Objects.requireNonNull(active);
    Objects.requireNonNull(previous);
    Objects.requireNonNull(pending);
    history = List.copyOf(history);
    rejected = List.copyOf(rejected);
    Objects.requireNonNull(assist);
  }

  /** A model of which nothing is on the device. */
  static ModelRecord of(String name) {
    return new ModelRecord(
        name,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty());
  }

  Optional<VersionRecord> version(Digest manifest) {
    return versions.stream().filter(version -> version.manifest().equals(manifest)).findFirst();
  }

  Optional<VersionRecord> activeVersion() {
    return active.flatMap(this::version);
  }

  /** With a version added, or put in the place of its former record. */
  ModelRecord with(VersionRecord changed) {
    List<VersionRecord> next = new ArrayList<>(versions);
    next.removeIf(version -> version.manifest().equals(changed.manifest()));
    next.add(changed);
    return new ModelRecord(name, next, active, previous, pending, history, rejected, assist);
  }

  ModelRecord with(Digest manifest, UnaryOperator<VersionRecord> change) {
    return version(manifest).map(version -> with(change.apply(version))).orElse(this);
  }

  ModelRecord without(Digest manifest) {
    List<VersionRecord> next = new ArrayList<>(versions);
    next.removeIf(version -> version.manifest().equals(manifest));
    Optional<Pending> left = pending.filter(some -> !some.manifest().equals(manifest));
    return new ModelRecord(
        name,
        next,
        active.filter(digest -> !digest.equals(manifest)),
        previous.filter(digest -> !digest.equals(manifest)),
        left,
        history,
        rejected,
        assist);
  }

  ModelRecord withPending(Optional<Pending> next) {
    return new ModelRecord(name, versions, active, previous, next, history, rejected, assist);
  }

  /** With another rule for what a server may compute. */
  ModelRecord withAssist(Optional<Assist> next) {
    return new ModelRecord(name, versions, active, previous, pending, history, rejected, next);
  }

  /** With another version serving; the one that served until now is kept to go back to. */
  ModelRecord withActive(Digest next) {
    if (active.equals(Optional.of(next))) {
      return this;
    }
    List<Digest> past = new ArrayList<>(history);
    past.remove(next);
    active.ifPresent(before -> {
      past.remove(before);
      past.add(before);
    });
    int from = Math.max(0, past.size() - MOST_HISTORY);
    return new ModelRecord(
        name,
        versions,
        Optional.of(next),
        active,
        pending,
        past.subList(from, past.size()),
        rejected,
        assist);
  }

  /** With the version before serving again; the one that served is not taken again. */
  ModelRecord rolledBack() {
    Optional<Digest> bad = active;
    List<Digest> past = new ArrayList<>(history);
    previous.ifPresent(past::remove);
    ModelRecord back =
        new ModelRecord(
            name, versions, previous, Optional.empty(), pending, past, rejected, assist);
    return bad.map(back::withRejected).orElse(back);
  }

  /** With a version that is not taken again. */
  ModelRecord withRejected(Digest manifest) {
    List<Digest> next = new ArrayList<>(rejected);
    next.remove(manifest);
    next.add(manifest);
    int from = Math.max(0, next.size() - MOST_HISTORY);
    return new ModelRecord(
        name,
        versions,
        active,
        previous,
        pending,
        history,
        next.subList(from, next.size()),
        assist);
  }

  /**
   * Whether a version served before the active one: to be offered it again is to be offered an
   * older one.
   */
  boolean isOlder(Digest manifest) {
    return !active.equals(Optional.of(manifest)) && history.contains(manifest);
  }
}
