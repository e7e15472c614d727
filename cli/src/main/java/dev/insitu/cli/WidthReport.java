package dev.insitu.cli;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Profile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The widths of a package as a table, and as data. */
final class WidthReport {

  private WidthReport() {}

  /** What each width costs in bytes, weights and work, and what it is worth. */
  static String text(Manifest manifest, Profile profile) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%6s  %10s  %10s  %10s  %7s  %9s  %8s",
            "width",
            "weights",
            "bytes",
            "more",
            "MACs",
            "agreement",
            "accuracy"));
    for (int width = 0; width < manifest.widths().size(); width++) {
      Manifest view = manifest.atWidth(width);
      long bytes = view.chunkBytes();
      Optional<Profile.Point> last = last(profile, view);
      text.append(
          String.format(
              Locale.ROOT,
              "%n%6.3g  %10d  %10s  %10s  %7s  %9s  %8s",
              view.share(),
              view.weightCount(),
              Sizes.format(bytes),
              Sizes.format(width == 0 ? bytes : missing(manifest, width)),
              share(macsShare(view)),
              share(last.map(Profile.Point::agreement).orElse(Double.NaN)),
              share(last.map(p -> p.accuracy().orElse(Double.NaN)).orElse(Double.NaN))));
    }
    return text.toString();
  }

  /** What a device that has the next narrower width lacks of this one. */
  private static long missing(Manifest manifest, int width) {
    SubModel held = SubModel.whole(manifest.atWidth(width - 1));
    return SubModel.whole(manifest.atWidth(width))
        .missingFrom(held)
        .mapToLong(i -> manifest.chunks().get(i).size())
        .sum();
  }

  private static double macsShare(Manifest view) {
    return view.macs() / view.whole().macs(); // NaN if unknown
  }

  private static Optional<Profile.Point> last(Profile profile, Manifest view) {
    return profile
        .width(view)
        .map(Profile.Width::points)
        .filter(points -> !points.isEmpty())
        .map(List::getLast);
  }

  private static String share(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  static List<Map<String, Object>> json(Manifest manifest, Profile profile) {
    List<Map<String, Object>> widths = new ArrayList<>();
    for (int width = 0; width < manifest.widths().size(); width++) {
      Manifest view = manifest.atWidth(width);
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("share", view.share());
      object.put("weights", view.weightCount());
      object.put("bytes", view.chunkBytes());
      object.put("missingBytes", width == 0 ? view.chunkBytes() : missing(manifest, width));
      if (view.macs() > 0) {
        object.put("macsShare", macsShare(view));
      }
      profile.width(view).ifPresent(m -> object.put("profile", ProfileTable.json(m.points())));
      widths.add(object);
    }
    return widths;
  }
}
