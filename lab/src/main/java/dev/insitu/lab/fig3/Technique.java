package dev.insitu.lab.fig3;

import java.util.Locale;

/** By what a sub-model is smaller than the root. */
public enum Technique {
  /** The first layers and a classifier of their own, in float32. */
  DEPTH("depth"),
  /** Fewer channels in every layer, in float32. */
  WIDTH("parameters: widths"),
  /** The largest weights alone, in float32, with where they stand. */
  MAGNITUDE("parameters: magnitude"),
  /** Fewer bit planes of all weights. */
  BITS("bits"),
  /** Depth, width and bits at once, from one package. */
  INTEGRATED("integrated");

  private final String title;

  Technique(String title) {
    this.title = title;
  }

  /** As it is called in the figure. */
  public String title() {
    return title;
  }

  /** As it is called in files. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
