/**
 * Small tensors for every level of bits: what coarser weights do to means and variances inside a
 * model, measured on samples without labels and put right in normalisations and biases.
 */
@NullMarked
package dev.insitu.forge.levels;

import org.jspecify.annotations.NullMarked;
