package dev.insitu.link;

/**
 * What one direction of a link has carried; payload bytes over all connections.
 *
 * @param accepted taken from the sender
 * @param delivered handed to the receiver's socket
 * @param lost taken but never to be delivered, since their connection was cut or closed
 */
public record LaneCounters(long accepted, long delivered, long lost) {
  /** Bytes waiting or on the way. */
  public long inside() {
    return accepted - delivered - lost;
  }
}
