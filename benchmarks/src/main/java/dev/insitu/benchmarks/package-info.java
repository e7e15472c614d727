/**
 * Benchmarks of what Insitu's kernels, formats and paths cost, with the answer checked before it is
 * timed.
 */
@NullMarked
package dev.insitu.benchmarks;

import org.jspecify.annotations.NullMarked;
