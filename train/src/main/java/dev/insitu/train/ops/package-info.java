/** What ONNX's operators do, as differentiable operations on arrays. */
@NullMarked
package dev.insitu.train.ops;

import org.jspecify.annotations.NullMarked;
