package dev.insitu.runtime;

import dev.insitu.elastic.SubModel;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sessions an inference uses together. Holds them; whoever runs holds the set. Parts are
 * numbered as in {@link Parts}.
 */
final class SessionSet extends Shared {

  private final Parts shape;
  private final @Nullable GraphSession[] parts;
  private final @Nullable GraphSession whole;
  private final SubModel active;

  private SessionSet(
      Parts shape, @Nullable GraphSession[] parts, @Nullable GraphSession whole, SubModel active) {
    this.shape = shape;
    this.parts = parts;
    this.whole = whole;
    this.active = active;
  }

  /** No session yet. */
  static SessionSet none(Parts shape, SubModel active) {
    return new SessionSet(shape, new @Nullable GraphSession[shape.count()], null, active);
  }

  /**
   * This set with some parts replaced. It keeps the other parts alive and takes the new sessions
   * over.
   *
   * @param newWhole one session for the whole graph, or null; without one that of this set stays if
   *     only heads are replaced
   */
  SessionSet with(
      Map<Integer, GraphSession> replaced, @Nullable GraphSession newWhole, SubModel newlyActive) {
    @Nullable GraphSession[] next = parts.clone();
    for (int i = 0; i < next.length; i++) {
      GraphSession kept = next[i];
      if (replaced.containsKey(i)) {
        next[i] = replaced.get(i);
      } else if (kept != null) {
        kept.retain();
      }
    }
    GraphSession oneWhole = newWhole;
    if (oneWhole == null
        && whole != null
        && replaced.keySet().stream().noneMatch(shape::isSegment)) {
      oneWhole = whole;
      oneWhole.retain();
    }
    return new SessionSet(shape, next, oneWhole, newlyActive);
  }

  /** How many segments the model has. */
  int size() {
    return shape.segments();
  }

  /** How many parts the model has. */
  int partCount() {
    return parts.length;
  }

  @Nullable GraphSession part(int index) {
    return parts[index];
  }

  /** A part that is known to be runnable. */
  GraphSession requirePart(int index) {
    GraphSession session = parts[index];
    if (session == null) {
      throw new IllegalStateException("part " + index + " cannot run");
    }
    return session;
  }

  /** Whether a part can run, by itself or as part of the whole. */
  boolean canRun(int part) {
    return parts[part] != null || whole != null && shape.isSegment(part);
  }

  /**
   * The depth at which an inference can be answered now: the one that is wanted, or that of the
   * deepest exit before it; 0 if nothing answers.
   */
  int answering(int depth) {
    boolean all = shape.needed(depth).stream().allMatch(this::canRun);
    if (all) {
      return depth;
    }
    int found = 0;
    int run = runnable();
    for (int exit = 0; exit < shape.exits().size(); exit++) {
      int there = shape.exits().get(exit).depth();
      found = there < depth && there <= run && canRun(shape.head(exit)) ? there : found;
    }
    return found;
  }

  /** One session for the whole graph, if there is one; then every segment can run too. */
  @Nullable GraphSession whole() {
    return whole;
  }

  /** How many segments from the first can run. */
  int runnable() {
    int count = 0;
    while (count < size() && parts[count] != null) {
      count++;
    }
    return count;
  }

  /** Whether every segment can run. */
  boolean complete() {
    return runnable() == size();
  }

  /** The chunks whose content every one of these sessions has. */
  SubModel active() {
    return active;
  }

  @Override
  void dispose() {
    for (GraphSession session : parts) {
      if (session != null) {
        session.release();
      }
    }
    if (whole != null) {
      whole.release();
    }
  }
}
