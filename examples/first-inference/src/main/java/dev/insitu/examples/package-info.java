/** From nothing to an answer with the device SDK. */
@NullMarked
package dev.insitu.examples;

import org.jspecify.annotations.NullMarked;
