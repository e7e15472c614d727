/** Trains ONNX graphs: runs them as differentiable computation and writes the parameters back. */
@NullMarked
package dev.insitu.train;

import org.jspecify.annotations.NullMarked;
