/**
 * Devices and channels that plans are tried on without a network: a generator of devices, rates
 * over time from traces, and the exact course of a download over them.
 */
@NullMarked
package dev.insitu.benchmarks.planning;

import org.jspecify.annotations.NullMarked;
