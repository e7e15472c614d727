package dev.insitu.device;

import dev.insitu.device.Transport.Exchange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Stops the exchanges that run, so that nobody waits for the network longer than wanted.
 * Thread-safe.
 */
final class Cancellation {

  private final Set<Exchange> running = new HashSet<>(); // guarded by this

  synchronized void begin(Exchange exchange) {
    running.add(exchange);
  }

  synchronized void end(Exchange exchange) {
    running.remove(exchange);
  }

  /** Ends all exchanges; their readers see an error. */
  void cancelAll() {
    List<Exchange> now;
    synchronized (this) {
      now = List.copyOf(running);
    }
    now.forEach(Exchange::cancel);
  }
}
