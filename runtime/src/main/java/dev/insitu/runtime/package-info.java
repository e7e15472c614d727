/** Turns arriving chunks into running ONNX Runtime sessions, segment by segment. */
@NullMarked
package dev.insitu.runtime;

import org.jspecify.annotations.NullMarked;
