/**
 * Makes elastic packages of ONNX models: codes weights, orders chunks, measures what sub-models are
 * worth.
 */
@NullMarked
package dev.insitu.forge;

import org.jspecify.annotations.NullMarked;
