/** Networks to train from nothing, built as ONNX graphs. */
@NullMarked
package dev.insitu.train.zoo;

import org.jspecify.annotations.NullMarked;
