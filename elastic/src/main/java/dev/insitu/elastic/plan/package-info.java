/** Plans: which chunks in which order, as values and as text on the wire. */
@NullMarked
package dev.insitu.elastic.plan;

import org.jspecify.annotations.NullMarked;
