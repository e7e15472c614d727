package dev.insitu.elastic;

import java.util.List;

/** What must hold between a model and its narrower forms (format, section 5). */
final class WidthRules {

  private WidthRules() {}

  /**
   * @throws ElasticException unless every form is a model of its own with as many segments as the
   *     manifest and with exits after the same ones
   */
  static void check(Manifest manifest) {
    List<SegmentSpec> segments = manifest.segments();
    for (WidthForm form : manifest.widthTable().forms()) {
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
  }
}
