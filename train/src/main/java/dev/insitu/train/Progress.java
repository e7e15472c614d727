package dev.insitu.train;

import java.time.Duration;

/**
 * How far training is.
 *
 * @param step how many steps are done
 * @param steps how many there will be
 * @param round how many times all samples were seen, in part
 * @param loss of the last step
 * @param smoothLoss averaged over the last twenty steps or so
 * @param rate learning rate of the last step
 * @param samplesPerSecond since this process began to train
 * @param left time until it is done, at that speed
 */
public record Progress(
    int step,
    int steps,
    double round,
    double loss,
    double smoothLoss,
    double rate,
    double samplesPerSecond,
    Duration left) {}
