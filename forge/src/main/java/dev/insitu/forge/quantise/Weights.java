package dev.insitu.forge.quantise;

/**
 * A weight tensor as quantisers see it.
 *
 * @param values {@code float[channels][channelLength]}, output channels outermost; finite
 * @param channels output channels
 */
@SuppressWarnings("ArrayRecordComponent")
public record Weights(float[] values, int channels) {

  public Weights {
    if (channels < 1 || values.length == 0 || values.length % channels != 0) {
      throw new IllegalArgumentException(
          values.length + " weights are no whole channels of " + channels);
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("A weight is " + value + "; quantisers take numbers.");
      }
    }
  }

  /** Weights of one output channel. */
  public int channelLength() {
    return values.length / channels;
  }
}
