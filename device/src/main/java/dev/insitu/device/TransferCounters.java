package dev.insitu.device;

/**
 * Bytes of content read from the network since the model object was made. {@code received = useful
 * + repeated + lost}.
 *
 * @param received bytes of plans' content
 * @param useful of these, bytes of the manifest and of chunks that were missing
 * @param repeated of these, bytes that were here already
 * @param lost of these, bytes that did not have the digest they should have
 * @param other bytes of plans and of error messages
 */
public record TransferCounters(long received, long useful, long repeated, long lost, long other) {}
