/** Pictures of what was measured. */
@NullMarked
package dev.insitu.lab.chart;

import org.jspecify.annotations.NullMarked;
