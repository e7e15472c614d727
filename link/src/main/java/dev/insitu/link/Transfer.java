package dev.insitu.link;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One direction of one connection, with two threads: {@link #takeIn} takes bytes from the sender as
 * long as there is room, {@link #handOut} hands them to the receiver when they arrive.
 */
final class Transfer {
  private final Lane lane;
  private final Flow flow;
  private final LinkClock clock;
  private final DeliveryGate gate;
  private final Socket from;
  private final Socket to;

  Transfer(Lane lane, LinkClock clock, DeliveryGate gate, Socket from, Socket to) {
    this.lane = lane;
    this.flow = lane.open();
    this.clock = clock;
    this.gate = gate;
    this.from = from;
    this.to = to;
  }

  /** What became of handing out. */
  sealed interface Outcome {
    /** All bytes and the end of the stream were handed out. */
    record Ended() implements Outcome {}

    /** The connection has failed, or was reset from outside. */
    record Failed() implements Outcome {}

    /** Enough bytes have been delivered for a cut, which the caller has to carry out. */
    record CutDue(Cut.AfterBytes cut) implements Outcome {}
  }

  /**
   * Runs until the sender ends or the flow is killed.
   *
   * @param opensNanos link time before which the sender's bytes cannot enter the link
   */
  void takeIn(long opensNanos) throws InterruptedException {
    clock.sleepUntil(opensNanos);
    Packet.Kind end = Packet.Kind.END;
    try {
      takeInBytes(from.getInputStream());
    } catch (IOException e) {
      end = Packet.Kind.RESET;
    }
    lane.enter(flow, Packet.signal(end, clock.now()));
  }

  private void takeInBytes(InputStream input) throws IOException, InterruptedException {
    byte[] buffer = new byte[Lane.MAX_PACKET_BYTES];
    for (int room = lane.awaitRoom(flow); room > 0; room = lane.awaitRoom(flow)) {
      int read = input.read(buffer, 0, room);
      if (read < 0) {
        return;
      }
      lane.enter(flow, Packet.data(Arrays.copyOf(buffer, read), clock.now()));
    }
  }

  /** Runs until the stream's end, a failure or a cut. */
  Outcome handOut() throws InterruptedException {
    try {
      while (true) {
        Packet packet = flow.underway.take();
        clock.sleepUntil(packet.arrivesNanos());
        if (packet.kind() == Packet.Kind.RESET) {
          return new Outcome.Failed();
        }
        if (packet.kind() == Packet.Kind.END) {
          to.shutdownOutput();
          return new Outcome.Ended();
        }
        DeliveryGate.Grant grant = gate.grant(packet.length());
        Outcome outcome = deliver(packet, grant);
        if (outcome != null) {
          return outcome;
        }
      }
    } catch (IOException e) {
      return new Outcome.Failed();
    }
  }

  /**
   * Hands out what the gate allows. A cut is due even where the receiver has gone meanwhile: the
   * gate stays shut until somebody has carried it out.
   *
   * @return null if the connection goes on
   */
  private @Nullable Outcome deliver(Packet packet, DeliveryGate.Grant grant) {
    boolean whole = grant.bytes() == packet.length();
    try {
      to.getOutputStream().write(packet.bytes(), 0, grant.bytes());
      lane.delivered(flow, grant.bytes());
    } catch (IOException e) {
      whole = false;
    }
    if (grant.cut() != null) {
      return new Outcome.CutDue(grant.cut());
    }
    return whole ? null : new Outcome.Failed();
  }

  /** Ends both threads soon; what is inside the link is lost. */
  void kill() {
    lane.kill(flow);
  }
}
