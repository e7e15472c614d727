package dev.insitu.cli;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Profile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The exits of a package as a table, and as data. */
final class ExitTable {

  private ExitTable() {}

  /** Where each exit stands, what the model that ends there costs, and what it is worth. */
  static String text(Manifest manifest, Profile profile) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%4s  %7s  %10s  %10s  %6s  %9s  %8s",
            "exit",
            "depth",
            "bytes",
            "head",
            "MACs",
            "agreement",
            "accuracy"));
    for (ExitSpec exit : manifest.exits()) {
      Optional<Profile.Exit> measured = profile.exitAfter(exit.after());
      Optional<Profile.Point> last = measured.flatMap(ExitTable::last);
      text.append(
          String.format(
              Locale.ROOT,
              "%n%4d  %7d  %10s  %10s  %6s  %9s  %8s",
              exit.after(),
              exit.depth(),
              Sizes.format(bytes(manifest, exit)),
              Sizes.format(headBytes(manifest, exit)),
              share(measured.map(m -> m.macsShare().orElse(Double.NaN)).orElse(Double.NaN)),
              share(last.map(Profile.Point::agreement).orElse(Double.NaN)),
              share(last.map(p -> p.accuracy().orElse(Double.NaN)).orElse(Double.NaN))));
    }
    for (Profile.Early early : profile.early()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%nconfidence %s: %.1f %% of the MACs, %.2f points lost (at most %.1f allowed)",
              early.policy().thresholds().stream().map(ExitTable::threshold).toList(),
              100 * early.macsShare(),
              100 * early.loss(),
              100 * early.budget()));
    }
    return text.toString();
  }

  private static String threshold(double value) {
    return value > 1 ? "never" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String share(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  private static Optional<Profile.Point> last(Profile.Exit exit) {
    return exit.points().isEmpty() ? Optional.empty() : Optional.of(exit.points().getLast());
  }

  /** All chunks of the model that ends at the exit. */
  private static long bytes(Manifest manifest, ExitSpec exit) {
    return SubModel.of(manifest, exit.depth(), manifest.losslessGroup()).bytes();
  }

  /** What the head adds to its segments. */
  private static long headBytes(Manifest manifest, ExitSpec exit) {
    return bytes(manifest, exit)
        - SubModel.ofSegments(manifest, exit.depth(), manifest.losslessGroup()).bytes();
  }

  static List<Map<String, Object>> json(Manifest manifest, Profile profile) {
    List<Map<String, Object>> exits = new ArrayList<>();
    for (ExitSpec exit : manifest.exits()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("after", exit.after());
      object.put("depth", exit.depth());
      object.put("inputs", exit.head().inputs());
      object.put("bytes", bytes(manifest, exit));
      object.put("headBytes", headBytes(manifest, exit));
      object.put("headMacs", exit.head().macs());
      Optional<Profile.Exit> measured = profile.exitAfter(exit.after());
      measured.ifPresent(m -> m.macsShare().ifPresent(share -> object.put("macsShare", share)));
      measured.ifPresent(m -> object.put("profile", ProfileTable.json(m.points())));
      exits.add(object);
    }
    return exits;
  }

  static List<Map<String, Object>> earlyJson(Profile profile) {
    return profile.early().stream()
        .map(early ->
            Map.<String, Object>of(
                "budget",
                early.budget(),
                "measure",
                early.policy().measure().name().toLowerCase(Locale.ROOT),
                "thresholds",
                early.policy().thresholds(),
                "macsShare",
                early.macsShare(),
                "loss",
                early.loss()))
        .toList();
  }
}
