/** The device SDK: fetches, verifies and journals chunks, drives the runtime and swaps models. */
@NullMarked
package dev.insitu.device;

import org.jspecify.annotations.NullMarked;
