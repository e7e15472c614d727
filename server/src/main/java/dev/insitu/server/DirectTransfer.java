package dev.insitu.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.impl.VertxConnection;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Sends a body from the files to the socket, but its first bytes in one write together with the
 * head.
 *
 * <p>Implementation note: the server's own send-file path writes the head as a packet of its own,
 * so every client wakes once for 200 bytes and once more for the body. Copying up to {@value
 * #COPIED_BYTES} bytes costs less than that packet, wake-up and system calls: a fifth of the
 * processor time at 64 KiB. Copying all of a body of 1 MiB costs more than sending the file. This
 * needs the connection's own method for sending files, since a response takes none once its head is
 * written.
 */
final class DirectTransfer {

  /** Most bytes that go together with the head. */
  static final int COPIED_BYTES = 64 << 10;

  private DirectTransfer() {}

  /**
   * Begins to send; {@code ended} runs once, when all is sent or the connection is gone.
   *
   * @throws IOException if the first bytes cannot be read; nothing has been sent then, and {@code
   *     ended} does not run
   */
  static void start(
      HttpServerRequest request, BodyChannel body, long first, long length, Runnable ended)
      throws IOException {
    HttpServerResponse response = request.response();
    int copied = (int) Math.min(length, COPIED_BYTES);
    ByteBuf bytes = read(body, first, copied);
    Buffer begin = BufferInternal.buffer(bytes); // takes no hold: released here when it is written
    if (copied == length) {
      response
          .end(begin)
          .onComplete(ignored -> {
            bytes.release();
            ended.run();
          });
      return;
    }
    response.write(begin).onComplete(ignored -> bytes.release());
    ((VertxConnection) request.connection())
        .sendFile(body, first + copied, length - copied)
        .addListener(sent -> {
          if (sent.isSuccess()) {
            response.end();
          }
          ended.run();
        });
  }

  private static ByteBuf read(BodyChannel body, long first, int length) throws IOException {
    ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(length);
    try {
      ByteBuffer into = bytes.nioBuffer(0, length);
      while (into.hasRemaining()) {
        if (body.read(into, first + into.position()) < 0) {
          throw new IOException("A body ended " + into.remaining() + " bytes early.");
        }
      }
      return bytes.writerIndex(length);
    } catch (IOException | RuntimeException e) {
      bytes.release();
      throw e;
    }
  }
}
