/**
 * Structured width: finds the channels of a model that can be left out together, orders them by
 * importance and writes really smaller models.
 */
@NullMarked
package dev.insitu.model.width;

import org.jspecify.annotations.NullMarked;
