package dev.insitu.cli;

import dev.insitu.elastic.plan.Profile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A profile as a table with bars, and as data. */
final class ProfileTable {

  private static final int WIDTH = 30;

  private ProfileTable() {}

  /** Bytes, bits per weight, agreement and accuracy of every measured sub-model. */
  static String text(Profile profile) {
    boolean labelled = profile.points().stream().anyMatch(point -> point.accuracy().isPresent());
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%10s  %11s  %9s%s",
            "bytes",
            "bits/weight",
            "agreement",
            labelled ? "  accuracy" : ""));
    for (Profile.Point point : profile.points()) {
      double shown = point.accuracy().orElse(point.agreement());
      text.append(
          String.format(
              Locale.ROOT,
              "%n%10s  %11s  %7.1f %%%s  %s",
              Sizes.format(point.bytes()),
              Sizes.bits(point.bitsPerWeight()),
              100 * point.agreement(),
              labelled
                  ? String.format(
                      Locale.ROOT, "  %6.1f %%", 100 * point.accuracy().orElse(Double.NaN))
                  : "",
              "▇".repeat((int) Math.round(WIDTH * shown))));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%nmeasured on %d samples against the %s model",
            profile.samples(),
            profile.rootAgreement().isPresent() ? "family's own float" : "root"));
    return text.toString();
  }

  /** The points as objects. */
  static List<Map<String, Object>> json(Profile profile) {
    return json(profile.points());
  }

  static List<Map<String, Object>> json(List<Profile.Point> points) {
    return points.stream().map(ProfileTable::json).toList();
  }

  static Map<String, Object> json(Profile.Point point) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chunks", point.chunks());
    object.put("bytes", point.bytes());
    object.put("bitsPerWeight", point.bitsPerWeight());
    object.put("agreement", point.agreement());
    point.accuracy().ifPresent(accuracy -> object.put("accuracy", accuracy));
    return object;
  }
}
