/**
 * Who should compute, the device, a server or both: pictures of what {@code insitu bench plan}
 * found.
 */
@NullMarked
package dev.insitu.lab.split;

import org.jspecify.annotations.NullMarked;
