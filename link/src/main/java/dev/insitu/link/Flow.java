package dev.insitu.link;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.Condition;

/** One connection's bytes in one direction. The lane's lock guards all fields but the queue. */
final class Flow {
  /** Packets that have not been sent yet. */
  final Queue<Packet> waiting = new ArrayDeque<>();

  /** Packets that have been sent and will arrive; thread-safe. */
  final BlockingQueue<Packet> underway = new LinkedBlockingQueue<>();

  /** Signalled when there may be room for more bytes. */
  final Condition room;

  /** Position in the lane's fair order. */
  long tag;

  /** Bytes taken from the sender and not delivered yet. */
  long inside;

  /** Whether the connection has ended, so that nothing more is delivered. */
  boolean dead;

  Flow(Condition room) {
    this.room = room;
  }
}
