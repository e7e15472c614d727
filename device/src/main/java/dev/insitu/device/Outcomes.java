package dev.insitu.device;

import dev.insitu.elastic.Digest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares the outcomes of the version that serves with those of the version before, as {@link
 * AccuracyRule} says. Thread-safe.
 */
final class Outcomes {

  private final AccuracyRule rule;
  private @Nullable Scores current; // guarded by this, as is all below
  private @Nullable Scores before;
  private @Nullable AccuracyTest test; // null if there is nothing to compare with, or no more
  private int tested;
  private double testedSum;

  Outcomes(AccuracyRule rule) {
    this.rule = rule;
  }

  /** A drop, and the version that was better. */
  record Found(AccuracyDrop drop, Digest worse, Digest better) {}

  /**
   * Takes the score of an answer.
   *
   * @param digest of the version that serves and gave it
   * @return the drop, once, when it is proven
   */
  synchronized Optional<Found> report(Digest digest, String version, double score) {
    Scores scores = current;
    if (scores == null || !scores.digest.equals(digest)) {
      scores = change(digest, version);
    }
    scores.add(score);
    AccuracyTest running = test;
    Scores better = before;
    if (running == null || better == null) {
      return Optional.empty();
    }
    tested++;
    testedSum += score;
    boolean dropped = running.add(score);
    if (dropped || tested >= rule.trial()) {
      test = null;
    }
    return dropped ? Optional.of(found(scores, better)) : Optional.empty();
  }

  /** Another version serves: it is compared with the one until now, unless that was a way back. */
  private Scores change(Digest digest, String version) {
    Scores known = before;
    tested = 0;
    testedSum = 0;
    if (known != null && known.digest.equals(digest)) {
      current = known;
      before = null;
      test = null;
      return known;
    }
    Scores fresh = new Scores(digest, version, rule.window());
    before = current;
    current = fresh;
    test = before == null ? null : new AccuracyTest(rule, before.mean(), before.count());
    return fresh;
  }

  private Found found(Scores worse, Scores better) {
    AccuracyDrop drop =
        new AccuracyDrop(
            worse.version,
            testedSum / tested,
            tested,
            better.version,
            better.mean(),
            better.count(),
            rule.errorProbability());
    return new Found(drop, worse.digest, better.digest);
  }
}
