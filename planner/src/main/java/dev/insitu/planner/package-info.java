/** Decides from a device's situation which sub-model it gets, and why. Pure. */
@NullMarked
package dev.insitu.planner;

import org.jspecify.annotations.NullMarked;
