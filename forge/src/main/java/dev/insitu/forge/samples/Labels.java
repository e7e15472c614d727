package dev.insitu.forge.samples;

/** Classes of samples. */
final class Labels {

  private Labels() {}

  static void require(int[] labels, int classes, String origin) {
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new SampleException(
            "Label "
                + labels[i]
                + " of sample "
                + i
                + " in "
                + origin
                + " is outside the "
                + classes
                + " classes.\nMaybe the labels are those of another model.");
      }
    }
  }
}
