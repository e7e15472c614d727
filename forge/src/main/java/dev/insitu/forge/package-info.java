/** Makes an elastic package from a root model. */
@NullMarked
package dev.insitu.forge;

import org.jspecify.annotations.NullMarked;
