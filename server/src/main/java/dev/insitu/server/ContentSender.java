package dev.insitu.server;

import dev.insitu.server.ByteRanges.Answer;
import dev.insitu.server.ByteRanges.ByteRange;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Sends representations with ranges and conditions, the same way for every content there is. */
final class ContentSender {

  private final ServerMetrics metrics;

  ContentSender(ServerMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * What may be sent.
   *
   * @param etag strong entity tag without quotes; equal tags mean equal bytes
   * @param mediaType of the whole
   * @param body its bytes
   * @param started told the body that is sent; returns what to do when the sending has ended
   * @param release lets go of what the body reads from; run once
   */
  record Representation(
      String etag,
      String mediaType,
      BodyChannel body,
      Function<BodyChannel, Runnable> started,
      Runnable release) {

    /** Bytes in memory. */
    static Representation of(String etag, String mediaType, ByteBuffer bytes) {
      return new Representation(
          etag,
          mediaType,
          new BodyChannel(List.of(new Piece.Memory(bytes))),
          body -> () -> {},
          () -> {});
    }
  }

  /** Answers a GET or HEAD; called on the connection's thread. */
  void send(Exchange exchange, Representation content) {
    boolean sending = false;
    try {
      String etag = '"' + content.etag() + '"';
      long size = content.body().size();
      HttpServerResponse response = exchange.response();
      response.putHeader(HttpHeaders.ETAG, etag).putHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
      switch (ByteRanges.answer(conditions(exchange), etag, size)) {
        case Answer.NotModified ignored -> response.setStatusCode(304).end();
        case Answer.PreconditionFailed ignored ->
            exchange.problem(
                new Problem(
                    412,
                    "precondition-failed",
                    "The content is " + etag + ", which If-Match does not name."));
        case Answer.Unsatisfiable ignored -> {
          response.putHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + size);
          exchange.problem(unsatisfiable(size));
        }
        case Answer.Whole ignored -> {
          sending = true;
          transfer(exchange, content, content.body(), 0, size, content.mediaType());
        }
        case Answer.Parts parts -> {
          sending = true;
          response.setStatusCode(206);
          sendParts(exchange, content, parts.ranges());
        }
      }
    } finally {
      if (!sending) {
        content.release().run();
      }
    }
  }

  private static ByteRanges.Conditions conditions(Exchange exchange) {
    return new ByteRanges.Conditions(
        exchange.header("Range"),
        exchange.header("If-Range"),
        exchange.header(HttpHeaders.IF_MATCH),
        exchange.header(HttpHeaders.IF_NONE_MATCH));
  }

  private static Problem unsatisfiable(long size) {
    return new Problem(
        416,
        "range-not-satisfiable",
        "None of the ranges asked for can be served of "
            + size
            + " bytes; at most "
            + ByteRanges.MAX_RANGES
            + " ranges, together no larger than the whole, are answered.");
  }

  private void sendParts(Exchange exchange, Representation content, List<ByteRange> ranges) {
    long size = content.body().size();
    if (ranges.size() == 1) {
      ByteRange range = ranges.getFirst();
      exchange.response().putHeader(HttpHeaders.CONTENT_RANGE, range.contentRange(size));
      transfer(
          exchange, content, content.body(), range.first(), range.length(), content.mediaType());
      return;
    }
    String boundary =
        "insitu-" + Long.toHexString(content.etag().hashCode() & 0xffffffffL) + "-" + size;
    BodyChannel body = multipart(content, ranges, boundary);
    transfer(exchange, content, body, 0, body.size(), "multipart/byteranges; boundary=" + boundary);
  }

  /** The parts with their heads; the bytes themselves stay where they are. */
  static BodyChannel multipart(Representation content, List<ByteRange> ranges, String boundary) {
    List<Piece> pieces = new ArrayList<>();
    for (ByteRange range : ranges) {
      String head =
          "\r\n--"
              + boundary
              + "\r\nContent-Type: "
              + content.mediaType()
              + "\r\nContent-Range: "
              + range.contentRange(content.body().size())
              + "\r\n\r\n";
      pieces.add(text(head));
      pieces.addAll(content.body().slice(range.first(), range.length()));
    }
    pieces.add(text("\r\n--" + boundary + "--\r\n"));
    return new BodyChannel(pieces);
  }

  private static Piece text(String text) {
    return new Piece.Memory(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private void transfer(
      Exchange exchange,
      Representation content,
      BodyChannel body,
      long first,
      long length,
      String mediaType) {
    HttpServerResponse response = exchange.response();
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, mediaType)
        .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
    if (exchange.isHead() || length == 0) {
      response.end();
      content.release().run();
      return;
    }
    body.begin(first);
    Runnable stopped = content.started().apply(body);
    metrics.streamStarted();
    Runnable ended =
        () -> {
          stopped.run();
          content.release().run();
          metrics.streamEnded(body.reached() - first);
        };
    if (exchange.request().isSSL()) {
      CopyingTransfer.start(exchange.request(), body, first, length, ended);
    } else {
      startDirect(exchange, body, first, length, ended);
    }
  }

  private static void startDirect(
      Exchange exchange, BodyChannel body, long first, long length, Runnable ended) {
    try {
      DirectTransfer.start(exchange.request(), body, first, length, ended);
    } catch (IOException e) {
      ended.run();
      exchange.problem(Problem.of(e));
    }
  }
}
