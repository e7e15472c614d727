/**
 * Values at a cut as bytes: few bits each, entropy coded, for the way from a device to a server.
 */
@NullMarked
package dev.insitu.runtime.features;

import org.jspecify.annotations.NullMarked;
