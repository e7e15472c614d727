/** Re-trains a model so that all its sub-models are good. */
@NullMarked
package dev.insitu.train.nested;

import org.jspecify.annotations.NullMarked;
