/** Trains classifiers at cut points, with which a model can answer early. */
@NullMarked
package dev.insitu.train.exits;

import org.jspecify.annotations.NullMarked;
