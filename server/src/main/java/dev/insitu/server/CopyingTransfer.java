package dev.insitu.server;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Sends a body through memory, as encrypted connections need it, at the pace of the client.
 * Everything runs on the connection's thread.
 */
final class CopyingTransfer {

  private static final int BUFFER_BYTES = 64 << 10;
  private static final int QUEUE_BYTES = 256 << 10;

  private final HttpServerRequest request;
  private final BodyChannel body;
  private final long end;
  private final Runnable ended;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long position;
  private boolean over;

  private CopyingTransfer(
      HttpServerRequest request, BodyChannel body, long first, long length, Runnable ended) {
    this.request = request;
    this.body = body;
    this.position = first;
    this.end = first + length;
    this.ended = ended;
  }

  /** Begins to send; {@code ended} runs once, when all is sent or the connection is gone. */
  static void start(
      HttpServerRequest request, BodyChannel body, long first, long length, Runnable ended) {
    CopyingTransfer transfer = new CopyingTransfer(request, body, first, length, ended);
    HttpServerResponse response = request.response();
    response.setWriteQueueMaxSize(QUEUE_BYTES);
    response.exceptionHandler(failure -> transfer.finish());
    response.closeHandler(ignored -> transfer.finish());
    response.drainHandler(ignored -> transfer.send());
    transfer.send();
  }

  private void send() {
    try {
      while (!over && position < end && !request.response().writeQueueFull()) {
        ByteBuffer part = ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, end - position));
        while (part.hasRemaining()) {
          body.read(part, position + part.position());
        }
        position += part.position();
        request
            .response()
            .write(Buffer.buffer(part.position()).appendBytes(buffer, 0, part.position()));
      }
    } catch (IOException e) {
      request.connection().close(); // the client sees that the body is not whole, and resumes
      return;
    }
    if (!over && position == end) {
      request.response().end().onComplete(ignored -> finish());
    }
  }

  private void finish() {
    if (!over) {
      over = true;
      ended.run();
    }
  }
}
