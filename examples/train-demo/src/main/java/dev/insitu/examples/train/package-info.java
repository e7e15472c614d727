/** Trains the demonstration's model: an ONNX graph in, the same graph with learnt weights out. */
@NullMarked
package dev.insitu.examples.train;

import org.jspecify.annotations.NullMarked;
