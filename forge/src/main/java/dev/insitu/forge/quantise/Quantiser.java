package dev.insitu.forge.quantise;

/** Turns weights into fewer bits and back. Deterministic and safe for use by several threads. */
public interface Quantiser {

  /** What it does and how finely, as in "per channel, 4 bits". */
  String name();

  /** Quantises one tensor. */
  Quantised quantise(Weights weights);
}
