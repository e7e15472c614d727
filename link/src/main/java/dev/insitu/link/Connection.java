package dev.insitu.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device's connection and its continuation to the server, with four threads: in each direction one
 * takes bytes from the sender and one hands them to the receiver when they arrive. Thread-safe.
 */
final class Connection {
  private static final int DIRECTIONS = 2;

  private final Socket device;
  private final Socket server;
  private final Lane down;
  private final Lane up;
  private final Flow downFlow;
  private final Flow upFlow;
  private final LinkClock clock;
  private final Owner owner;
  private final List<Thread> threads;
  private final AtomicInteger open = new AtomicInteger(DIRECTIONS);

  /** What a connection needs of its link. */
  interface Owner {
    /** Delivers some of the packet's bytes to the device, and carries out a cut that is due. */
    DeliveryGate.Grant grant(int bytes);

    void carryOut(Cut.AfterBytes cut);

    void closed(Connection connection);
  }
}
