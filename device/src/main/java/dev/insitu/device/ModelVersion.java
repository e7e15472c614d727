package dev.insitu.device;

import dev.insitu.elastic.Digest;

/**
 * A version on the device.
 *
 * @param version as users call it
 * @param manifest names it
 * @param active whether it serves
 * @param kept whether it is kept to go back to
 * @param complete whether all that was asked for is here
 * @param pinned whether it is never evicted
 */
public record ModelVersion(
    String version,
    Digest manifest,
    boolean active,
    boolean kept,
    boolean complete,
    boolean pinned) {}
