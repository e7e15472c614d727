/** Reads, writes, cuts and profiles ONNX graphs without loading their weights. */
@NullMarked
package dev.insitu.model;

import org.jspecify.annotations.NullMarked;
