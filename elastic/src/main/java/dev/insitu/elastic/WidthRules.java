package dev.insitu.elastic;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What must hold between a model, its narrower forms and joined tensors (format, section 5). */
final class WidthRules {

  private final Manifest manifest;
  private final WidthTable table;
  private final BitSet parts = new BitSet(); // tensors that are parts of joined ones
  private final List<List<WidthParts.Part>> expected = new ArrayList<>(); // by joined tensor

  private WidthRules(Manifest manifest) {
    this.manifest = manifest;
    this.table = manifest.widthTable();
  }

  /**
   * @throws ElasticException unless every joined tensor has the parts that its axes ask for, and
   *     every width uses of a joined tensor all parts that it has, or none
   */
  static void check(Manifest manifest, List<Manifest> views) {
    WidthRules rules = new WidthRules(manifest);
    rules.table.joined().forEach(rules::checkJoined);
    views.forEach(rules::checkUses);
  }

  /**
   * @throws ElasticException unless every form is a model of its own with as many segments as the
   *     manifest and with exits after the same ones
   */
  static void checkForms(Manifest manifest) {
    WidthRules rules = new WidthRules(manifest);
    rules.table.forms().forEach(rules::checkForm);
  }

  private void checkForm(WidthForm form) {
    List<SegmentSpec> segments = manifest.segments();
    boolean same = form.segments().size() == segments.size();
    same &= form.exits().size() == manifest.exits().size();
    for (int i = 0; same && i < form.exits().size(); i++) {
      same = form.exits().get(i).after() == manifest.exits().get(i).after();
    }
    if (!same) {
      throw ElasticException.corrupt(
          "The form of "
              + form.permille()
              + " of 1000 channels has "
              + form.segments().size()
              + " segments and "
              + form.exits().size()
              + " exits; the whole width has "
              + segments.size()
              + " and "
              + manifest.exits().size()
              + ", and exits stand after the same segments.");
    }
    SegmentRules.check(
        manifest.inputs(),
        manifest.outputs(),
        form.segments(),
        form.exits(),
        manifest.tensors().size());
  }

  private void checkJoined(JoinedTensor joined) {
    if (Math.max(joined.rowAxis(), joined.columnAxis()) >= table.axes().size()) {
      throw ElasticException.corrupt(
          "A joined tensor has axes "
              + joined.rowAxis()
              + " and "
              + joined.columnAxis()
              + " of "
              + table.axes().size()
              + ".");
    }
    List<WidthParts.Part> asked = WidthParts.of(table, joined);
    expected.add(asked);
    if (asked.size() != joined.parts().size()) {
      throw ElasticException.corrupt(
          "A joined tensor has "
              + joined.parts().size()
              + " parts; its axes ask for "
              + asked.size()
              + ".");
    }
    for (int i = 0; i < asked.size(); i++) {
      checkPart(joined, asked.get(i), joined.parts().get(i));
    }
    checkRow(joined);
  }

  private void checkPart(JoinedTensor joined, WidthParts.Part part, int number) {
    if (number < 0 || number >= manifest.tensors().size() || parts.get(number)) {
      throw ElasticException.corrupt(
          "A joined tensor has tensor "
              + number
              + " of "
              + manifest.tensors().size()
              + " as a part; each can be a part once.");
    }
    parts.set(number);
    TensorSpec tensor = manifest.tensors().get(number);
    TensorSpec first = manifest.tensors().get(joined.parts().get(0));
    long bytes = (long) joined.inner() * tensor.type().bytes();
    long rows = WidthParts.rows(table, joined, part.rows());
    long columns = WidthParts.columns(table, joined, part.columns());
    if (tensor.type() != first.type() || !isProduct(tensor.byteLength(), rows, columns, bytes)) {
      throw ElasticException.corrupt(
          "Tensor "
              + Names.quote(tensor.name())
              + " of type "
              + tensor.type()
              + " and "
              + tensor.byteLength()
              + " bytes is a part of "
              + rows
              + " rows of "
              + columns
              + " columns of "
              + bytes
              + " bytes of a tensor of type "
              + first.type()
              + ".");
    }
  }

  /** Whether {@code a * b * c} is the product, whatever does not fit. */
  private static boolean isProduct(long product, long a, long b, long c) {
    return product % a == 0 && product / a % b == 0 && product / a / b == c;
  }

  private void checkRow(JoinedTensor joined) {
    TensorSpec first = manifest.tensors().get(joined.parts().get(0));
    long columns = WidthParts.columns(table, joined, width -> true);
    long bytes = (long) joined.inner() * first.type().bytes();
    if (bytes > JoinedTensor.MAX_ROW_BYTES / columns) {
      throw ElasticException.limit(
          "A row of the tensor that "
              + Names.quote(first.name())
              + " is joined to has "
              + columns
              + " times "
              + bytes
              + " bytes; at most "
              + JoinedTensor.MAX_ROW_BYTES
              + " are allowed.");
    }
  }

  private void checkUses(Manifest view) {
    BitSet used = SubModel.tensorsOf(view);
    for (int i = 0; i < expected.size(); i++) {
      List<Integer> tensors = table.joined().get(i).parts();
      boolean any = tensors.stream().anyMatch(used::get);
      for (int part = 0; any && part < tensors.size(); part++) {
        int from = expected.get(i).get(part).width();
        if (used.get(tensors.get(part)) != from <= view.width()) {
          throw ElasticException.corrupt(
              "Width "
                  + view.width()
                  + " uses some of the parts of a joined tensor; tensor "
                  + Names.quote(view.tensors().get(tensors.get(part)).name())
                  + " comes with width "
                  + from
                  + ".");
        }
      }
    }
  }
}
