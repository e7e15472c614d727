package dev.insitu.runtime.features;

/**
 * One side of an entropy coder of bits: the encoder writes the bit that it is given, the decoder
 * passes it over and returns the one that was written. So one description of what follows what
 * serves both.
 */
interface BitCoder {

  /**
   * A bit whose odds are learnt.
   *
   * @param context which odds
   * @param bit to write, 0 or 1
   * @return the bit that stands there
   */
  int bit(int context, int bit);

  /** A bit of even odds, as {@link #bit}. */
  int even(int bit);
}
