package dev.insitu.device;

import dev.insitu.device.Transport.Exchange;
import dev.insitu.device.Transport.Request;
import dev.insitu.device.Transport.Response;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The ranged stream of one plan's content: reads intervals of it, whatever the server makes of the
 * range asked for.
 */
final class ContentStream {

  private static final int BUFFER = 64 << 10;

  private final Transport transport;
  private final URI uri;
  private final String etag;
  private final long total;
  private final Control control;
  private final Tally tally;

  /** Takes bytes as they come. */
  interface Sink {

    /**
     * Takes bytes.
     *
     * @param position in the stream of the first
     * @return whether the bytes that follow are wanted
     */
    boolean accept(byte[] bytes, int offset, int length, long position) throws IOException;
  }

  /** Watches over a transfer from outside. */
  interface Control {

    /** Remembers what to cancel. */
    Cancellation cancellation();

    /**
     * Called before every request and after every read.
     *
     * @param bytes that have just been read
     * @throws IOException if the transfer is too slow to go on
     * @throws StoppedException if it is to stop
     */
    void pass(int bytes) throws IOException;
  }

  /**
   * @param etag the plan's id in quotes
   * @param total bytes of the whole stream
   */
  ContentStream(
      Transport transport, URI uri, String etag, long total, Control control, Tally tally) {
    this.transport = transport;
    this.uri = uri;
    this.etag = etag;
    this.total = total;
    this.control = control;
    this.tally = tally;
  }

  /**
   * Reads an interval.
   *
   * @throws AnswerException if the server does not send it
   * @throws IOException if the connection breaks or falls silent before its end
   */
  void read(Interval wanted, Sink sink) throws IOException {
    control.pass(0);
    Exchange exchange =
        transport.exchange(new Request("GET", uri, headers(wanted), Optional.empty()));
    control.cancellation().begin(exchange);
    try (Response response = exchange.send()) {
      long start = start(response, wanted);
      receive(response, start, wanted, sink);
    } finally {
      control.cancellation().end(exchange);
    }
  }

  private Map<String, String> headers(Interval wanted) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (wanted.length() < total) {
      headers.put("Range", "bytes=" + wanted.from() + "-" + (wanted.to() - 1));
      headers.put("If-Range", etag);
    }
    return headers;
  }

  /** The position of the first byte of the answer's body. */
  private long start(Response response, Interval wanted) throws AnswerException {
    int status = response.status();
    if (status == 416) {
      throw new AnswerException.PlanGone(
          "The server has no bytes " + wanted.from() + " to " + wanted.to() + " of the plan.");
    }
    if (status != 200 && status != 206) {
      AnswerException failure = Answers.failure(response, "the plan's content", tally);
      throw status == 404
          ? new AnswerException.PlanGone(String.valueOf(failure.getMessage()))
          : failure;
    }
    requireSameContent(response);
    return status == 200 ? startOfWhole(response) : startOfPart(response, wanted);
  }

  private void requireSameContent(Response response) throws AnswerException {
    Optional<String> now = response.header("ETag");
    if (now.isPresent() && !now.get().equals(etag)) {
      throw new AnswerException.PlanGone(
          "The content changed from " + etag + " to " + now.get() + " between two requests.");
    }
  }

  private long startOfWhole(Response response) throws AnswerException {
    requireTotal(response.length());
    return 0;
  }

  private long startOfPart(Response response, Interval wanted) throws AnswerException {
    String header = response.header("Content-Range").orElse("");
    ContentRange range =
        ContentRange.parse(header)
            .orElseThrow(() -> refused("a partial answer with the range '" + header + "'"));
    requireTotal(range.total());
    long length = response.length();
    boolean contradiction = length >= 0 && length != range.last() - range.first() + 1;
    if (range.first() > wanted.from() || range.last() < wanted.from() || contradiction) {
      throw refused("the range '" + header + "' to a request from byte " + wanted.from());
    }
    return range.first();
  }

  private void requireTotal(long announced) throws AnswerException {
    if (announced >= 0 && announced != total) {
      throw new AnswerException.PlanGone(
          "The server announces " + announced + " bytes of content; the plan has " + total + ".");
    }
  }

  private static AnswerException.Refused refused(String what) {
    return new AnswerException.Refused(
        DeviceException.Reason.SERVER,
        "The server answers "
            + what
            + ".\nMaybe a proxy between changes its answers; try without it.");
  }

  private void receive(Response response, long start, Interval wanted, Sink sink)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    long position = start;
    boolean going = true;
    while (going && position < wanted.to()) {
      int most = (int) Math.min(BUFFER, wanted.to() - position);
      int read = response.read(buffer, 0, most);
      if (read < 0) {
        throw new IOException(
            "The content ended at byte " + position + " instead of " + wanted.to());
      }
      int known = (int) Math.max(0, Math.min(read, wanted.from() - position));
      tally.addRepeated(known);
      if (known < read) {
        going = sink.accept(buffer, known, read - known, position + known);
      }
      position += read;
      control.pass(read);
    }
  }
}
