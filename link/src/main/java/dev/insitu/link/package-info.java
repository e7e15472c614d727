/**
 * A shaped link inside one process: rate, delay, jitter, cuts and bit errors between two TCP peers.
 *
 * <p>{@link dev.insitu.link.ShapedLink} is where to start. {@link dev.insitu.link.KernelLink} is
 * the same scenario made by the Linux kernel, to check the emulation against.
 */
@NullMarked
package dev.insitu.link;

import org.jspecify.annotations.NullMarked;
