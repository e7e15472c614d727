package dev.insitu.link;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One direction of a link: takes packets of all connections, sends them one after the other at the
 * profile's rate and says when they arrive. Thread-safe.
 */
final class Lane {
  /**
   * Payload of an Ethernet packet of 1,500 bytes with time stamps, the least that is sent at once.
   */
  private static final int MIN_PACKET_BYTES = 1_448;

  /** Most that is sent at once. */
  static final int MAX_PACKET_BYTES = 64 * 1024;

  /** What is sent at once takes about this long, at fast rates. */
  private static final long PACKET_NANOS = 1_000_000;

  private final LinkProfile profile;
  private final LinkClock clock;
  private final Pacer pacer;
  private final PropagationDelay delay;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final FairQueue queue = new FairQueue();
  private long accepted;
  private long delivered;
  private long lost;

  /** Bytes sent so far; only the sending thread uses it. */
  private long position;

  Lane(LinkProfile profile, LinkClock clock) {
    this.profile = profile;
    this.clock = clock;
    this.pacer = new Pacer(profile.rate());
    this.delay = new PropagationDelay(profile);
  }

  long delayNanos() {
    return profile.delay().toNanos();
  }

  Flow open() {
    lock.lock();
    try {
      Flow flow = new Flow(lock.newCondition());
      queue.add(flow);
      return flow;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the flow has room.
   *
   * @return how many bytes may be entered at once, 0 if the flow has ended
   */
  int awaitRoom(Flow flow) throws InterruptedException {
    int size = packetBytes();
    lock.lock();
    try {
      while (!flow.dead && flow.inside + size > profile.queueBytes()) {
        flow.room.await();
      }
      return flow.dead ? 0 : size;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a packet in; bytes of a flow that has ended are lost. */
  void enter(Flow flow, Packet packet) {
    lock.lock();
    try {
      accepted += packet.length();
      if (flow.dead) {
        lost += packet.length();
        return;
      }
      flow.inside += packet.length();
      if (flow.waiting.isEmpty()) {
        queue.wake(flow);
      }
      flow.waiting.add(packet);
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /** To be called when the receiver has taken bytes of the flow. */
  void delivered(Flow flow, int bytes) {
    lock.lock();
    try {
      delivered += bytes;
      if (flow.dead) {
        lost -= bytes;
        return;
      }
      flow.inside -= bytes;
      flow.room.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the flow; what it has inside is lost. */
  void kill(Flow flow) {
    lock.lock();
    try {
      if (flow.dead) {
        return;
      }
      flow.dead = true;
      lost += flow.inside;
      flow.waiting.clear();
      flow.underway.clear();
      flow.underway.add(Packet.signal(Packet.Kind.RESET, 0));
      queue.remove(flow);
      flow.room.signal();
    } finally {
      lock.unlock();
    }
  }

  LaneCounters counters() {
    lock.lock();
    try {
      return new LaneCounters(accepted, delivered, lost);
    } finally {
      lock.unlock();
    }
  }

  /** Sends one packet, waiting for one if need be; for one thread only. */
  void send() throws InterruptedException {
    FairQueue.Next next = awaitNext();
    Packet packet = next.packet();
    long departs = pacer.depart(packet.enteredNanos(), packet.length());
    profile.errors().apply(packet.bytes(), 0, packet.length(), position);
    position += packet.length();
    next.flow().underway.add(packet.arriving(delay.arrival(departs)));
    clock.sleepUntil(departs);
  }

  private FairQueue.Next awaitNext() throws InterruptedException {
    lock.lock();
    try {
      for (FairQueue.Next next = queue.poll(); ; next = queue.poll()) {
        if (next != null) {
          return next;
        }
        work.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private int packetBytes() {
    double bytes = profile.rate().bitsPerSecondAt(clock.now()) / 8e9 * PACKET_NANOS;
    return (int) Math.min(Math.max(bytes, MIN_PACKET_BYTES), MAX_PACKET_BYTES);
  }
}
