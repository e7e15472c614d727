package dev.insitu.cli;

import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.plan.Profile;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What it takes to keep the root of a re-trained family, as a line and as data. */
final class KeptRootReport {

  private KeptRootReport() {}

  /** Bytes, their share of the root's, and how well the family answers like the root. */
  static String text(Manifest manifest, KeptRoot root, Profile profile) {
    String agreement =
        profile
            .rootAgreement()
            .map(some ->
                String.format(
                    Locale.ROOT,
                    "; the family agrees with it on %.1f %% of %d samples",
                    100 * some.agreement(),
                    some.samples()))
            .orElse("");
    return String.format(
        Locale.ROOT,
        "kept root  %s, %.1f %% of its weights as they are%s",
        Sizes.format(root.bytes()),
        100 * share(manifest, root),
        agreement);
  }

  static Map<String, Object> json(Manifest manifest, KeptRoot root, Profile profile) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("reference", root.reference().hex());
    object.put("chunks", root.chunks().size());
    object.put("bytes", root.bytes());
    object.put("share", share(manifest, root));
    profile
        .rootAgreement()
        .ifPresent(some -> {
          object.put("samples", some.samples());
          object.put("agreement", some.agreement());
        });
    return object;
  }

  /** Bytes as a share of all tensors' as they are. */
  private static double share(Manifest manifest, KeptRoot root) {
    long plain = manifest.tensors().stream().mapToLong(t -> t.byteLength()).sum();
    return (double) root.bytes() / Math.max(1, plain);
  }
}
