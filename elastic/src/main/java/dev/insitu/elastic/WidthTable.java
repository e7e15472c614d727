package dev.insitu.elastic;

import java.util.List;

/**
 * The narrower forms of a model (format, section 5). The widths are numbered from the narrowest;
 * the last, after all forms, is the whole.
 *
 * @param axes the dimensions of which forms have fewer indices
 * @param joined the weights that are stored in parts
 * @param forms from the narrowest
 */
public record WidthTable(List<ChannelAxis> axes, List<JoinedTensor> joined, List<WidthForm> forms) {

  /** Most narrower forms of a package. */
  public static final int MAX_FORMS = 16;

  /** Most indices of all axes together. */
  public static final int MAX_INDICES = 1 << 20;

  /** Most weights that are stored in parts. */
  public static final int MAX_JOINED = 1 << 16;

  /** A model of one width. */
  public static final WidthTable NONE = new WidthTable(List.of(), List.of(), List.of());

  public WidthTable {
    axes = List.copyOf(axes);
    joined = List.copyOf(joined);
    forms = List.copyOf(forms);
    ManifestRules.requireAtMost("widths", forms.size(), MAX_FORMS);
    requireAscending(forms);
    ManifestRules.requireAtMost("joined tensors", joined.size(), MAX_JOINED);
    int indices = 0;
    for (ChannelAxis axis : axes) {
      indices += axis.size();
      ManifestRules.requireAtMost("indices of axes", indices, MAX_INDICES);
      if (axis.widest() > forms.size()) {
        throw ElasticException.corrupt(
            "An index of an axis comes with width "
                + axis.widest()
                + "; the widths are 0 to "
                + forms.size()
                + ".");
      }
    }
  }

  private static void requireAscending(List<WidthForm> forms) {
    int permille = 0;
    for (WidthForm form : forms) {
      if (form.permille() <= permille) {
        throw ElasticException.corrupt(
            "A form of "
                + form.permille()
                + " of 1000 channels follows one of "
                + permille
                + ": forms ascend strictly.");
      }
      permille = form.permille();
    }
  }
}
