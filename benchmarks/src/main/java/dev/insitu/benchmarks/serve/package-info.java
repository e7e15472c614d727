/** Measures what serving costs beside nginx, with the bytes compared first. */
@NullMarked
package dev.insitu.benchmarks.serve;

import org.jspecify.annotations.NullMarked;
