/** Experiments with packages. */
@NullMarked
package dev.insitu.lab;

import org.jspecify.annotations.NullMarked;
