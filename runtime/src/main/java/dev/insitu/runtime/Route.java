package dev.insitu.runtime;

import dev.insitu.elastic.plan.ExitPolicy;

/**
 * How an inference goes through the model.
 *
 * @param depth how many segments run before the answer
 * @param policy which exits before that may answer
 * @param shallower whether the deepest exit that runs answers while the depth cannot run yet
 */
record Route(int depth, ExitPolicy policy, boolean shallower) {}
