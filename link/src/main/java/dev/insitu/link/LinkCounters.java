package dev.insitu.link;

/**
 * What a link has carried so far.
 *
 * @param down from the server to the device
 * @param up from the device to the server
 * @param connections accepted and carried
 * @param refused reset at once because of a cut, or because the server did not answer
 * @param cuts carried out
 */
public record LinkCounters(
    LaneCounters down, LaneCounters up, long connections, long refused, long cuts) {}
