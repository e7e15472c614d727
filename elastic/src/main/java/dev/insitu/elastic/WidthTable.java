package dev.insitu.elastic;

import java.util.List;

/**
 * The narrower forms of a model (format, section 5).
 *
 * @param orders of the channel groups, by group
 * @param forms from the narrowest; the whole width is none of them
 */
public record WidthTable(List<ChannelOrder> orders, List<WidthForm> forms) {

  /** Most narrower forms of a package. */
  public static final int MAX_FORMS = 16;

  /** Most channels of all groups together. */
  public static final int MAX_CHANNELS = 1 << 20;

  /** A model of one width. */
  public static final WidthTable NONE = new WidthTable(List.of(), List.of());

  public WidthTable {
    orders = List.copyOf(orders);
    forms = List.copyOf(forms);
    ManifestRules.requireAtMost("widths", forms.size(), MAX_FORMS);
    int[] least = new int[orders.size()];
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
      requireKept(form, orders, least);
    }
  }

  private static void requireKept(WidthForm form, List<ChannelOrder> orders, int[] least) {
    if (form.kept().size() != orders.size()) {
      throw ElasticException.corrupt(
          "A form keeps channels of " + form.kept().size() + " groups of " + orders.size() + ".");
    }
    for (int group = 0; group < least.length; group++) {
      int kept = form.kept().get(group);
      if (kept < Math.max(1, least[group]) || kept > orders.get(group).size()) {
        throw ElasticException.corrupt(
            "A form keeps "
                + kept
                + " channels of group "
                + group
                + ", which has "
                + orders.get(group).size()
                + "; the narrower one keeps "
                + least[group]
                + ".");
      }
      least[group] = kept;
    }
  }
}
