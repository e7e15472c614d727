package dev.insitu.lab.fig3;

import java.util.Locale;

/** What has been learnt after the root was cut down. */
public enum Retraining {
  /** Nothing but the classifiers at exits: every weight of the root stays as it is. */
  NONE("not re-trained"),
  /** All sub-models share their weights and were re-trained together. */
  NESTED("re-trained together"),
  /** A model was re-trained for this size alone. */
  ALONE("each re-trained alone");

  private final String title;

  Retraining(String title) {
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
