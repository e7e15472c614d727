package dev.insitu.link;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A device's connection and its continuation to the server. Thread-safe. */
final class Connection {
  private static final int DIRECTIONS = 2;

  private final Socket device;
  private final Socket server;
  private final Transfer down;
  private final Transfer up;
  private final Consumer<Cut.AfterBytes> carryOut;
  private final Consumer<Connection> whenClosed;
  private final AtomicInteger directionsOpen = new AtomicInteger(DIRECTIONS);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final List<Thread> threads;

  /**
   * Connects two sockets.
   *
   * @param upOpensNanos link time at which the device's hand-shake is done
   * @param downOpensNanos link time at which the server's is
   * @param carryOut is told of a cut that is due; must reset every connection, this one too
   */
  Connection(
      Socket device,
      Socket server,
      Transfer down,
      Transfer up,
      long upOpensNanos,
      long downOpensNanos,
      Consumer<Cut.AfterBytes> carryOut,
      Consumer<Connection> whenClosed) {
    this.device = device;
    this.server = server;
    this.down = down;
    this.up = up;
    this.carryOut = carryOut;
    this.whenClosed = whenClosed;
    this.threads =
        List.of(
            Threads.daemon("link-up-in", () -> up.takeIn(upOpensNanos)),
            Threads.daemon("link-up-out", () -> finish(up.handOut())),
            Threads.daemon("link-down-in", () -> down.takeIn(downOpensNanos)),
            Threads.daemon("link-down-out", () -> finish(down.handOut())));
  }

  void start() {
    threads.forEach(Thread::start);
  }

  /** Resets both ends; what is inside the link is lost. */
  void reset() {
    if (closed.compareAndSet(false, true)) {
      down.kill();
      up.kill();
      reset(device);
      reset(server);
      threads.forEach(Thread::interrupt);
      whenClosed.accept(this);
    }
  }

  /** Closes a socket so that its peer sees a reset and not the stream's end. */
  static void reset(Socket socket) {
    try (socket) {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      // It is closed already, which is what is wanted.
    }
  }

  private void finish(Transfer.Outcome outcome) {
    if (outcome instanceof Transfer.Outcome.CutDue due) {
      carryOut.accept(due.cut());
    } else if (outcome instanceof Transfer.Outcome.Failed) {
      reset();
    } else if (directionsOpen.decrementAndGet() == 0) {
      close();
    }
  }

  private void close() {
    if (closed.compareAndSet(false, true)) {
      down.kill();
      up.kill();
      try (device;
          server) {
        whenClosed.accept(this);
      } catch (IOException e) {
        // Both streams have ended; there is nothing left to lose.
      }
    }
  }
}
