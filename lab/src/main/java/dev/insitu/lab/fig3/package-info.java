/** Accuracy against the size of sub-models: the techniques, and all of them together. */
@NullMarked
package dev.insitu.lab.fig3;

import org.jspecify.annotations.NullMarked;
