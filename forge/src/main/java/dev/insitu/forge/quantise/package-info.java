/** Quantisers of weights behind one interface, to be compared by size and error. */
@NullMarked
package dev.insitu.forge.quantise;

import org.jspecify.annotations.NullMarked;
