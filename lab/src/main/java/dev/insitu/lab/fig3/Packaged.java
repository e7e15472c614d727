package dev.insitu.lab.fig3;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.lab.LabException;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sub-model of a package: of the model of a width and depth, what stands in the first chunks of
 * the canonical order.
 *
 * @param width the share of its channels, as the package calls it
 * @param depth segments before the answer
 * @param chunks how many of the canonical order have arrived
 */
record Packaged(double width, int depth, int chunks) {

  private static final Pattern FORM =
      Pattern.compile("width (\\d\\.\\d{1,6}) depth (\\d{1,4}) chunks (\\d{1,7})");

  /** The one of a name that {@link #toString} gave. */
  static Packaged parse(String name) {
    Matcher matcher = FORM.matcher(name);
    if (!matcher.matches()) {
      throw new LabException("'" + name + "' is no sub-model of a package.");
    }
    return new Packaged(
        Double.parseDouble(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)));
  }

  /** Whether a name is one of these. */
  static boolean isName(String name) {
    return FORM.matcher(name).matches();
  }

  /** The whole of a width and depth up to a group. */
  static Packaged upTo(int group, Manifest view, int depth) {
    int last = SubModel.of(view, depth, group).indices().max().orElse(-1);
    return new Packaged(view.share(), depth, last + 1);
  }

  /** Its chunks, at its width. */
  SubModel of(Manifest manifest) {
    Manifest view = manifest.atShare(width);
    return SubModel.of(view, depth, view.losslessGroup())
        .intersection(SubModel.prefix(view, chunks));
  }

  /** Whether it can answer. */
  boolean answers(Manifest manifest) {
    SubModel mine = of(manifest);
    return mine.includes(SubModel.of(mine.manifest(), depth, 0));
  }

  long bytes(Manifest manifest) {
    return of(manifest).bytes();
  }

  /** Writes it as ONNX. */
  void export(PackageFile file, Path directory, Path target) throws IOException {
    SubModel model = of(file.manifest());
    new SubModelExporter(directory).exportTo(target, model.manifest(), file, model, depth);
  }

  @Override
  public String toString() {
    return "width " + width + " depth " + depth + " chunks " + chunks;
  }
}
