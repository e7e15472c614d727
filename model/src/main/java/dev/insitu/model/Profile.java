package dev.insitu.model;

/**
 * What a segment costs for one sample.
 *
 * @param parameters elements of the weights that no earlier segment uses
 * @param weightBytes bytes of those weights
 * @param macs multiply-accumulates
 * @param activationBytes most bytes of activations held at once, inputs and outputs included
 * @param outputBytes bytes that it hands on
 */
public record Profile(
    long parameters, long weightBytes, long macs, long activationBytes, long outputBytes) {}
