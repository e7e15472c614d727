package dev.insitu.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A slow link on one machine: a TCP forwarder on loopback that a device connects to instead of its
 * server. All connections share the rate of each direction in equal parts. Thread-safe.
 *
 * <pre>{@code
 * try (ShapedLink link = ShapedLink.to("127.0.0.1", serverPort)
 *     .down(LinkProfile.constant(20_000_000, Duration.ofMillis(10)))
 *     .up(LinkProfile.constant(5_000_000, Duration.ofMillis(10)))
 *     .cut(Cut.afterBytes(1_000_000).refusing(Duration.ofMillis(500)))
 *     .open()) {
 *   connectTo(link.address());
 * }
 * }</pre>
 *
 * <p>What the model counts:
 *
 * <ul>
 *   <li>Rates are of payload. A kernel's shaper counts headers too, some 4 % at full packets.
 *   <li>A byte arrives when the packet it is in has been sent whole and has travelled. A packet is
 *       what can be sent in 1 ms, from 1,448 bytes to 64 KiB.
 *   <li>Connecting costs one round trip: {@code connect} itself returns at once, being on loopback,
 *       but what the device writes enters the link a round trip (both delays, without jitter)
 *       later, and what the server writes another half later. So an answer begins two round trips
 *       after {@code connect}, as it does on a network.
 *   <li>The link keeps no bytes back for congestion control: there is no slow start and no loss to
 *       recover from. Each connection has {@link LinkProfile#queueBytes} of room, then its sender
 *       is held back.
 *   <li>A cut resets the connections on both sides (RST) and loses what is inside the link. While
 *       connections are refused they are accepted and reset at once, since a closed port could be
 *       taken by another process.
 *   <li>Time zero of traces and cuts is the first connection, or {@link #cut} if that is earlier.
 * </ul>
 */
public final class ShapedLink implements AutoCloseable {
  private static final int SOCKET_BUFFER_BYTES = 64 * 1024;
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final int BACKLOG = 128;
  private static final int PAUSE_MILLIS = 10;

  private final InetSocketAddress target;
  private final LinkClock clock;
  private final Lane down;
  private final Lane up;
  private final DeliveryGate downGate;
  private final DeliveryGate upGate = new DeliveryGate(List.of());
  private final ServerSocket listener;
  private final List<Thread> threads;

  private final Object lock = new Object();
  private final Set<Connection> connections = new LinkedHashSet<>();
  private long refuseUntilNanos = Long.MIN_VALUE;
  private boolean closed;
  private long connectionCount;
  private long refusedCount;
  private long cutCount;

  private ShapedLink(Builder builder) throws IOException {
    target = builder.target;
    clock = new LinkClock(builder.ticker);
    down = new Lane(builder.down, clock);
    up = new Lane(builder.up, clock);
    downGate = new DeliveryGate(builder.cuts);
    listener = new ServerSocket();
    listener.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    List<Cut.AtTime> timed = timed(builder.cuts);
    threads =
        List.of(
            Threads.daemon("link-accept", this::acceptAll),
            Threads.daemon("link-down", () -> sendAll(down)),
            Threads.daemon("link-up", () -> sendAll(up)),
            Threads.daemon("link-cut", () -> cutAll(timed)));
  }

  /** A link to a server, unlimited in both directions unless the builder is told otherwise. */
  public static Builder to(String host, int port) {
    return new Builder(new InetSocketAddress(host, port));
  }

  /** Where the device connects to. */
  public InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** The port of {@link #address()}. */
  public int port() {
    return listener.getLocalPort();
  }

  /** What the link has carried so far. */
  public LinkCounters counters() {
    synchronized (lock) {
      return new LinkCounters(
          down.counters(), up.counters(), connectionCount, refusedCount, cutCount);
    }
  }

  /** Cuts the link now. */
  public void cut(Duration refuseFor) {
    clock.start();
    List<Connection> all;
    synchronized (lock) {
      cutCount++;
      refuseUntilNanos = Math.max(refuseUntilNanos, clock.now() + refuseFor.toNanos());
      all = List.copyOf(connections);
    }
    all.forEach(Connection::reset);
  }

  /** Resets all connections and stops all threads. */
  @Override
  public void close() {
    List<Connection> all;
    synchronized (lock) {
      closed = true;
      all = List.copyOf(connections);
    }
    try {
      listener.close();
    } catch (IOException e) {
      // A listener that cannot be closed any more accepts nothing either.
    }
    all.forEach(Connection::reset);
    threads.forEach(Thread::interrupt);
  }

  private void acceptAll() throws InterruptedException {
    while (!listener.isClosed()) {
      try {
        Socket device = listener.accept();
        clock.start();
        long now = clock.now();
        Threads.daemon("link-connect", () -> connect(device, now)).start();
      } catch (IOException e) {
        // Either the link was closed, or no connection can be accepted just now.
        Thread.sleep(PAUSE_MILLIS);
      }
    }
  }

  private void connect(Socket device, long acceptedNanos) {
    Socket server = new Socket();
    if (!connected(device, server, acceptedNanos) || !joined(device, server, acceptedNanos)) {
      synchronized (lock) {
        refusedCount++;
      }
      Connection.reset(device);
      Connection.reset(server);
    }
  }

  private boolean connected(Socket device, Socket server, long acceptedNanos) {
    try {
      device.setTcpNoDelay(true);
      device.setSendBufferSize(SOCKET_BUFFER_BYTES);
      server.setTcpNoDelay(true);
      server.setReceiveBufferSize(SOCKET_BUFFER_BYTES);
      if (refusing(acceptedNanos)) {
        return false;
      }
      server.connect(target, CONNECT_TIMEOUT_MILLIS);
      return true;
    } catch (IOException e) {
      // The device learns of it as of a cut: its connection is reset.
      return false;
    }
  }

  private boolean refusing(long nanos) {
    synchronized (lock) {
      return closed || nanos < refuseUntilNanos;
    }
  }

  private boolean joined(Socket device, Socket server, long acceptedNanos) {
    long upOpens = acceptedNanos + up.delayNanos() + down.delayNanos();
    synchronized (lock) {
      // Asked again: the link may have been cut while the server was being connected.
      if (refusing(acceptedNanos)) {
        return false;
      }
      Connection connection =
          new Connection(
              device,
              server,
              new Transfer(down, clock, downGate, server, device),
              new Transfer(up, clock, upGate, device, server),
              upOpens,
              upOpens + up.delayNanos(),
              this::carryOut,
              this::forget);
      connectionCount++;
      connections.add(connection);
      connection.start();
      return true;
    }
  }

  private void forget(Connection connection) {
    synchronized (lock) {
      connections.remove(connection);
    }
  }

  private void carryOut(Cut cut) {
    cut(cut.refuseFor());
    if (cut instanceof Cut.AfterBytes) {
      downGate.reopen();
    }
  }

  private static void sendAll(Lane lane) throws InterruptedException {
    while (true) {
      lane.send();
    }
  }

  private void cutAll(List<Cut.AtTime> cuts) throws InterruptedException {
    clock.awaitStart();
    for (Cut.AtTime cut : cuts) {
      clock.sleepUntil(cut.time().toNanos());
      carryOut(cut);
    }
  }

  private static List<Cut.AtTime> timed(List<Cut> cuts) {
    return cuts.stream()
        .filter(Cut.AtTime.class::isInstance)
        .map(Cut.AtTime.class::cast)
        .sorted(Comparator.comparing(Cut.AtTime::time))
        .collect(Collectors.toUnmodifiableList());
  }

  /** Describes a link. Not thread-safe. */
  public static final class Builder {
    private final InetSocketAddress target;
    private final List<Cut> cuts = new ArrayList<>();
    private LinkProfile down = LinkProfile.unlimited();
    private LinkProfile up = LinkProfile.unlimited();
    private Ticker ticker = Ticker.system();

    private Builder(InetSocketAddress target) {
      this.target = target;
    }

    /** The way from the server to the device. */
    public Builder down(LinkProfile profile) {
      down = profile;
      return this;
    }

    /** The way from the device to the server. */
    public Builder up(LinkProfile profile) {
      up = profile;
      return this;
    }

    /** One more cut. */
    public Builder cut(Cut cut) {
      cuts.add(cut);
      return this;
    }

    /** Another source of time than the system's. */
    public Builder ticker(Ticker newTicker) {
      ticker = newTicker;
      return this;
    }

    /**
     * Opens the link on a free port of the loopback address.
     *
     * @throws IOException if no port can be had
     */
    public ShapedLink open() throws IOException {
      ShapedLink link = new ShapedLink(this);
      link.threads.forEach(Thread::start);
      return link;
    }
  }
}
