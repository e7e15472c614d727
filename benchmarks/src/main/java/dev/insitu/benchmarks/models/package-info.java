/**
 * Writes ONNX models of real structure and any size with seeded random weights, for benchmarks and
 * tests.
 *
 * <p>Nothing here is trained: generated weights say nothing about accuracy.
 */
@NullMarked
package dev.insitu.benchmarks.models;

import org.jspecify.annotations.NullMarked;
