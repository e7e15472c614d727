/** Integer models: QDQ int8 for hardware without floats, calibrated without training. */
@NullMarked
package dev.insitu.forge.integer;

import org.jspecify.annotations.NullMarked;
