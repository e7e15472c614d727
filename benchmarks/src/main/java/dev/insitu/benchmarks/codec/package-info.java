/** Speed and sizes of the plane codec. */
@NullMarked
package dev.insitu.benchmarks.codec;

import org.jspecify.annotations.NullMarked;
