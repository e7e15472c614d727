package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private final ReentrantLock lock = new ReentrantLock();
  private final FairQueue queue = new FairQueue();

  @Test
  void hasNothingWhenNoFlowHas() {
    flow();
    assertNull(queue.poll());
  }

  @Test
  void sharesBytesAndNotPackets() {
    Flow large = flow();
    Flow small = flow();
    for (int i = 0; i < 200; i++) {
      put(large, 1_000);
      put(small, 100);
    }

    int fromLarge = 0;
    int fromSmall = 0;
    for (int i = 0; i < 110; i++) {
      FairQueue.Next next = next();
      if (next.flow() == large) {
        fromLarge += next.packet().length();
      } else {
        fromSmall += next.packet().length();
      }
    }

    assertEquals(fromLarge, fromSmall, 1_000);
  }

  @Test
  void givesNoCreditForIdleTime() {
    Flow busy = flow();
    Flow late = flow();
    for (int i = 0; i < 200; i++) {
      put(busy, 1_000);
    }
    for (int i = 0; i < 100; i++) {
      assertEquals(busy, next().flow());
    }
    for (int i = 0; i < 10; i++) {
      put(late, 1_000);
    }

    int fromLate = 0;
    for (int i = 0; i < 10; i++) {
      fromLate += next().flow() == late ? 1 : 0;
    }
    assertEquals(5, fromLate, 1);
  }

  @Test
  void keepsTheOrderWithinAFlow() {
    Flow flow = flow();
    for (int i = 1; i <= 5; i++) {
      put(flow, i);
    }
    for (int i = 1; i <= 5; i++) {
      assertEquals(i, next().packet().length());
    }
  }

  private FairQueue.Next next() {
    FairQueue.Next next = queue.poll();
    assertNotNull(next);
    return next;
  }

  private Flow flow() {
    Flow flow = new Flow(lock.newCondition());
    queue.add(flow);
    return flow;
  }

  private void put(Flow flow, int bytes) {
    if (flow.waiting.isEmpty()) {
      queue.wake(flow);
    }
    flow.waiting.add(Packet.data(new byte[bytes], 0));
  }
}
