/** The demonstration's model and the labelled images it was trained on, made by the code itself. */
@NullMarked
package dev.insitu.demo;

import org.jspecify.annotations.NullMarked;
