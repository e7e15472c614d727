/** The insitu command. */
@NullMarked
package dev.insitu.cli;

import org.jspecify.annotations.NullMarked;
