package dev.insitu.device;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** How requests reach a server. Thread-safe. */
public interface Transport extends Closeable {

  /** Prepares a request; nothing is sent yet. */
  Exchange exchange(Request request);

  /**
   * Gives idle connections up, so that the next request opens new sockets: the device may have got
   * another address.
   */
  void reconnect();

  /**
   * All bytes read from sockets so far, headers included; 0 if this transport does not count them.
   */
  default long socketBytes() {
    return 0;
  }

  /**
   * An HTTP request.
   *
   * @param method {@code GET} or {@code POST}
   * @param uri absolute
   * @param headers names and values
   * @param body of a POST: JSON unless the header Content-Type says otherwise; not to be written to
   */
  record Request(String method, URI uri, Map<String, String> headers, Optional<ByteBuffer> body) {

    public Request {
      headers = Map.copyOf(headers);
    }
  }

  /** One request on its way. */
  interface Exchange {

    /**
     * Sends the request and waits for the head of the answer.
     *
     * @throws IOException if there is none; a timeout of the connection or of silence counts as
     *     none
     */
    Response send() throws IOException;

    /** Ends the exchange from another thread: reading fails at once. */
    void cancel();
  }

  /** The head of an answer, and its body as it comes. For one thread. */
  interface Response extends Closeable {

    /** HTTP status. */
    int status();

    /** The first header field of that name. */
    Optional<String> header(String name);

    /** Bytes of the body as announced; -1 if they are not. */
    long length();

    /**
     * Reads some bytes of the body, undecoded.
     *
     * @return how many, at least 1; -1 at the end
     * @throws IOException if the body ends too early, or nothing came for too long
     */
    int read(byte[] into, int offset, int length) throws IOException;

    /** Ends the exchange; a body that was not read to its end is given up, not read. */
    @Override
    void close();
  }
}
