package dev.insitu.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TransferTest {

  /** The device was killed when its next bytes would have ended in a cut. */
  @Test
  void aCutIsDueEvenWhereTheReceiverHasGone() throws Exception {
    LinkClock clock = new LinkClock(Ticker.system());
    Lane lane = new Lane(LinkProfile.unlimited(), clock);
    Thread sender = Threads.daemon("sender", lane::send);
    sender.start();
    clock.start();
    Cut.AfterBytes cut = new Cut.AfterBytes(500, Duration.ZERO);
    DeliveryGate gate = new DeliveryGate(List.of(cut));
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket from = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket source = listener.accept()) {
      Transfer transfer = new Transfer(lane, clock, gate, from, closed(listener));
      Thread reader = Threads.daemon("reader", () -> transfer.takeIn(0));
      reader.start();
      source.getOutputStream().write(new byte[1_000]);
      assertEquals(new Transfer.Outcome.CutDue(cut), transfer.handOut());
      assertEquals(0, gate.grant(1).bytes(), "shut until the cut has been carried out");
      transfer.kill();
    } finally {
      sender.interrupt();
    }
  }

  private static Socket closed(ServerSocket listener) throws IOException {
    Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
    listener.accept().close();
    socket.close();
    return socket;
  }
}
