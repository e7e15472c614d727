package dev.insitu.elastic;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Packages that must be refused, each breaking one rule of the format. */
final class HostilePackages {

  private static final Set<String> COMMITTED =
      Set.of(
          "overlapping-chunks",
          "uncovered-block-between",
          "chunk-past-the-end",
          "refinement-before-its-base",
          "cyclic-refinement",
          "error-not-a-number",
          "one-digest-two-sizes",
          "chunk-count-huge",
          "chunk-count-beyond-the-bytes",
          "chunk-too-large",
          "wider-tier",
          "tensors-of-one-name",
          "tensor-too-long",
          "too-many-blocks",
          "values-per-chunk",
          "planes-without-rows",
          "segment-refers-to-a-missing-tensor",
          "segment-reads-from-nowhere",
          "exits-section-without-exits",
          "exit-after-the-last-segment",
          "exit-reads-a-later-value",
          "exit-of-a-value-there-is",
          "exit-with-too-many-outputs",
          "exit-refers-to-a-missing-tensor",
          "exit-count-huge",
          "two-exits-after-one-segment",
          "axis-with-an-index-twice",
          "axis-of-a-missing-width",
          "joined-of-too-few-parts",
          "joined-of-other-lengths",
          "joined-of-one-tensor-twice",
          "joined-of-which-a-form-uses-too-much",
          "widths-section-without-widths",
          "forms-that-descend",
          "form-of-fewer-segments",
          "form-reads-from-nowhere",
          "form-refers-to-a-missing-tensor",
          "axis-count-huge",
          "index-count-beyond-the-bytes",
          "width-count-huge",
          "name-with-dots",
          "number-not-in-shortest-form",
          "difference-maps-out-of-range",
          "difference-of-an-unmapped-tensor",
          "root-chunks-overlap",
          "root-chunk-past-the-end",
          "root-chunk-too-large",
          "root-graph-too-large",
          "unknown-critical-section",
          "section-twice",
          "two-frames",
          "frame-of-a-dictionary",
          "frame-that-inflates-beyond-its-size",
          "frame-without-end",
          "expanded-length-of-200-mebibytes",
          "manifest-of-major-version-2",
          "file-of-major-version-2",
          "byte-after-the-end",
          "profile-damaged",
          "cut-in-the-manifest",
          "unsigned",
          "signed-by-a-stranger",
          "signature-of-another-manifest",
          "signature-damaged");

  private HostilePackages() {}

  /** All of them by name. */
  static Map<String, HostileCases.Case> all() {
    HostileCases cases = new HostileCases();
    HostileTables.addTo(cases);
    HostileTopologies.addTo(cases);
    HostileExits.addTo(cases);
    HostileWidths.addTo(cases);
    HostileRoots.addTo(cases);
    HostileFiles.addTo(cases);
    return cases.cases();
  }

  /** Whose packages are believed where a case is about signatures; elsewhere anybody's. */
  static Trust trust(Reason reason) {
    return reason == Reason.UNTRUSTED ? Trust.keys(List.of(TestKeys.key(1))) : Trust.anybody();
  }

  /**
   * Writes those that are committed, as {@code REASON-name.insitu}.
   *
   * @param args the directory
   */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    for (Map.Entry<String, HostileCases.Case> hostile : all().entrySet()) {
      if (COMMITTED.contains(hostile.getKey())) {
        String name = hostile.getValue().reason() + "-" + hostile.getKey() + ".insitu";
        Files.write(directory.resolve(name), hostile.getValue().file());
      }
    }
  }
}
