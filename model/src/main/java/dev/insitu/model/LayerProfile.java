package dev.insitu.model;

/**
 * What one node costs for one sample.
 *
 * @param node its name or, without one, its first output's
 * @param op its operator
 * @param parameters elements of the weights that it is the first to use
 * @param weightBytes bytes of those weights
 * @param macs multiply-accumulates; 0 if it multiplies nothing or its shapes are unknown
 * @param activationBytes bytes of its outputs; 0 if their shapes are unknown
 */
public record LayerProfile(
    String node, String op, long parameters, long weightBytes, long macs, long activationBytes) {}
