package dev.insitu.runtime;

import dev.insitu.elastic.SubModel;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sessions an inference uses together. Holds them; whoever runs holds the set. */
final class SessionSet extends Shared {

  private final @Nullable GraphSession[] segments;
  private final @Nullable GraphSession whole;
  private final SubModel active;

  private SessionSet(
      @Nullable GraphSession[] segments, @Nullable GraphSession whole, SubModel active) {
    this.segments = segments;
    this.whole = whole;
    this.active = active;
  }

  /** No session yet. */
  static SessionSet none(int segments, SubModel active) {
    return new SessionSet(new @Nullable GraphSession[segments], null, active);
  }

  /**
   * This set with some segments replaced. It keeps the other segments alive and takes the new
   * sessions over.
   *
   * @param newWhole one session for the whole graph, or null
   */
  SessionSet with(
      Map<Integer, GraphSession> replaced, @Nullable GraphSession newWhole, SubModel newlyActive) {
    @Nullable GraphSession[] next = segments.clone();
    for (int i = 0; i < next.length; i++) {
      GraphSession kept = next[i];
      if (replaced.containsKey(i)) {
        next[i] = replaced.get(i);
      } else if (kept != null) {
        kept.retain();
      }
    }
    return new SessionSet(next, newWhole, newlyActive);
  }

  int size() {
    return segments.length;
  }

  @Nullable GraphSession segment(int index) {
    return segments[index];
  }

  /** A segment that is known to be runnable. */
  GraphSession requireSegment(int index) {
    GraphSession session = segments[index];
    if (session == null) {
      throw new IllegalStateException("segment " + index + " cannot run");
    }
    return session;
  }

  /** One session for the whole graph, if there is one; then every segment can run too. */
  @Nullable GraphSession whole() {
    return whole;
  }

  /** How many segments from the first can run. */
  int runnable() {
    int count = 0;
    while (count < segments.length && segments[count] != null) {
      count++;
    }
    return count;
  }

  /** Whether every segment can run. */
  boolean complete() {
    return runnable() == segments.length;
  }

  /** The chunks whose content every one of these sessions has. */
  SubModel active() {
    return active;
  }

  @Override
  void dispose() {
    for (GraphSession session : segments) {
      if (session != null) {
        session.release();
      }
    }
    if (whole != null) {
      whole.release();
    }
  }
}
