/**
 * What {@code insitu bench} measures: whole ways of a model over a link, each figure beside its
 * bound and its peer. Answers are checked before anything is timed.
 */
@NullMarked
package dev.insitu.benchmarks.scenarios;

import org.jspecify.annotations.NullMarked;
