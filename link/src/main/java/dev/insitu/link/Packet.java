package dev.insitu.link;

/**
 * Bytes, or the end of a stream, on their way through a link.
 *
 * @param kind what it is
 * @param bytes the payload, owned by the packet; empty unless the kind is DATA
 * @param enteredNanos link time at which it was ready to be sent
 * @param arrivesNanos link time at which the receiver gets it; meaningful once it was sent
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and copying would cost throughput.
record Packet(Kind kind, byte[] bytes, long enteredNanos, long arrivesNanos) {
  /** What a packet carries. */
  enum Kind {
    DATA,
    /** The sender has closed its output. */
    END,
    /** The sender's connection has failed. */
    RESET
  }

  private static final byte[] EMPTY = new byte[0];

  static Packet data(byte[] bytes, long enteredNanos) {
    return new Packet(Kind.DATA, bytes, enteredNanos, 0);
  }

  static Packet signal(Kind kind, long enteredNanos) {
    return new Packet(kind, EMPTY, enteredNanos, 0);
  }

  Packet arriving(long nanos) {
    return new Packet(kind, bytes, enteredNanos, nanos);
  }

  int length() {
    return bytes.length;
  }
}
