package dev.insitu.model.width;

/** What a weight's dimension has to do with the channels that it counts. */
public enum SlotRole {
  /** Makes the channels: rows of kernels and matrices. */
  OUTPUT,
  /** Reads the channels: columns of kernels and matrices. */
  INPUT,
  /** Scales the channels after a normalization: gamma. */
  SCALE,
  /** One number for each channel: biases, statistics, slopes, factors. */
  VECTOR
}
