/** The device SDK: fetches packages, verifies, journals, drives the runtime and swaps versions. */
@NullMarked
package dev.insitu.device;

import org.jspecify.annotations.NullMarked;
