/**
 * Requests for inference and their answers as bodies of the Open Inference Protocol, version 2:
 * JSON with tensors in it or, by the binary tensor data extension, behind it.
 */
@NullMarked
package dev.insitu.runtime.protocol;

import org.jspecify.annotations.NullMarked;
