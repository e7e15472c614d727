package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Wishes;

/**
 * One sub-model of a grid.
 *
 * @param label as in {@code w0.5-d3-4.2bits}
 * @param wishes that choose it
 * @param depth segments
 * @param level how precise it is, from 0; the same number for each depth and width
 * @param chunks what it consists of, looked at from its width
 */
record GridModel(String label, Wishes wishes, int depth, int level, SubModel chunks) {}
