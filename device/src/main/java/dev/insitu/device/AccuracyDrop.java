package dev.insitu.device;

import java.util.Locale;
import java.util.Objects;

/**
 * Why a version was rolled back.
 *
 * @param version that was worse
 * @param score its mean score, 0 to 1
 * @param outcomes from which that was taken
 * @param versionBefore with which it was compared
 * @param scoreBefore that one's mean score, 0 to 1
 * @param outcomesBefore from which that was taken
 * @param errorProbability that a version as good as the one before is judged so, at most
 */
public record AccuracyDrop(
    String version,
    double score,
    int outcomes,
    String versionBefore,
    double scoreBefore,
    int outcomesBefore,
    double errorProbability) {

  public AccuracyDrop {
    Objects.requireNonNull(version);
    Objects.requireNonNull(versionBefore);
  }

  /** For users. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "version %s scored %.3f in %d outcomes, version %s %.3f in %d; error probability %s",
        version,
        score,
        outcomes,
        versionBefore,
        scoreBefore,
        outcomesBefore,
        errorProbability);
  }
}
