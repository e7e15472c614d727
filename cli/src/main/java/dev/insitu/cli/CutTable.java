package dev.insitu.cli;

import dev.insitu.elastic.Cuts;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.CutProfile;
import dev.insitu.elastic.plan.CutProfile.Features;
import dev.insitu.elastic.plan.CutProfile.Level;
import dev.insitu.elastic.plan.Profile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What dividing a model between a device and a server costs and is worth, by cut. */
final class CutTable {

  private CutTable() {}

  /**
   * A row for each cut and each precision of the device's segments, a column for each precision of
   * what goes up: bytes a sample, and how often the answer is right, or the root's.
   */
  static String text(Profile profile) {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%4s  %9s  %10s", "cut", "on device", "down"));
    for (Features features : profile.cuts().getFirst().levels().getFirst().features()) {
      text.append(String.format(Locale.ROOT, "  %18s", heading(features.bits())));
    }
    for (CutProfile cut : profile.cuts()) {
      for (Level level : cut.levels()) {
        text.append(
            String.format(
                Locale.ROOT,
                "%n%4d  %9s  %10s",
                cut.before(),
                share(cut),
                Sizes.format(level.bytes())));
        level.features().forEach(features -> text.append(cell(features)));
      }
    }
    boolean labelled =
        profile.cuts().getFirst().levels().getFirst().features().stream()
            .anyMatch(features -> features.accuracy().isPresent());
    text.append(
        String.format(
            Locale.ROOT,
            "%nup: bytes a sample, and the share of %s, with the server's part whole",
            labelled ? "right answers" : "answers like the root's"));
    return text.toString();
  }

  private static String heading(int bits) {
    return bits + (bits == 1 ? " bit up" : " bits up");
  }

  private static String share(CutProfile cut) {
    double all = (double) cut.deviceMacs() + cut.serverMacs();
    return all == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * cut.deviceMacs() / all);
  }

  private static String cell(Features features) {
    double shown = features.accuracy().orElse(features.agreement());
    return String.format(
        Locale.ROOT, "  %9s %6.1f %%", Sizes.format(Math.round(features.bytes())), 100 * shown);
  }

  static List<Map<String, Object>> json(Manifest manifest, Profile profile) {
    Cuts cuts = Cuts.of(manifest);
    List<Map<String, Object>> list = new ArrayList<>();
    for (CutProfile cut : profile.cuts()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("before", cut.before());
      object.put("values", cuts.before(cut.before()));
      object.put("deviceMacs", cut.deviceMacs());
      object.put("serverMacs", cut.serverMacs());
      object.put("levels", cut.levels().stream().map(CutTable::json).toList());
      list.add(object);
    }
    return list;
  }

  private static Map<String, Object> json(Level level) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("chunks", level.chunks());
    object.put("bytes", level.bytes());
    object.put("features", level.features().stream().map(CutTable::json).toList());
    return object;
  }

  private static Map<String, Object> json(Features features) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("bits", features.bits());
    object.put("bytes", features.bytes());
    object.put("agreement", features.agreement());
    features.accuracy().ifPresent(accuracy -> object.put("accuracy", accuracy));
    return object;
  }
}
