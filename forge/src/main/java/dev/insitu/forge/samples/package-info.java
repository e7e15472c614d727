/** Samples for measuring: read from the file formats people have, or generated. */
@NullMarked
package dev.insitu.forge.samples;

import org.jspecify.annotations.NullMarked;
