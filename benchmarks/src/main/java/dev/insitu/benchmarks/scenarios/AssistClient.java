package dev.insitu.benchmarks.scenarios;

import dev.insitu.runtime.protocol.InferRequest;
import dev.insitu.runtime.protocol.InferResponse;
import dev.insitu.runtime.protocol.InferenceBody;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Asks a server one thing over and over on one connection. Does as little as a client can, so that
 * what is measured is the server.
 */
final class AssistClient implements AutoCloseable {

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private final byte[] head;
  private final byte[] body;
  private int answerBytes;

  AssistClient(int port, String model, InferRequest request) throws IOException {
    InferenceBody sent = request.write();
    body = sent.bytes();
    head =
        ("POST /v2/models/"
                + model
                + "/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                + body.length
                + "\r\n"
                + InferenceBody.HEADER
                + ": "
                + sent.jsonBytes().orElse(body.length)
                + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    out = socket.getOutputStream();
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
  }

  /** Asks and passes the answer over. */
  void send() {
    try {
      exchange();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks and reads the answer. */
  InferResponse ask() throws IOException {
    return InferResponse.read(exchange());
  }

  /** Bytes of both ways. */
  int bytes() {
    return head.length + body.length + answerBytes;
  }

  /** This client as one of many. */
  AssistLoad.Asker asker() {
    return new AssistLoad.Asker() {
      @Override
      public void ask() throws IOException {
        exchange();
      }

      @Override
      public void close() throws IOException {
        AssistClient.this.close();
      }
    };
  }

  private InferenceBody exchange() throws IOException {
    out.write(head);
    out.write(body);
    String status = line();
    int length = 0;
    Optional<String> json = Optional.empty();
    for (String header = line(); !header.isEmpty(); header = line()) {
      String name = header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT);
      String value = header.substring(name.length() + 1).strip();
      if (name.equals("content-length")) {
        length = Integer.parseInt(value);
      } else if (name.equalsIgnoreCase(InferenceBody.HEADER)) {
        json = Optional.of(value);
      }
    }
    byte[] answer = new byte[length];
    in.readFully(answer);
    answerBytes = length;
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IOException(status + ": " + new String(answer, StandardCharsets.UTF_8));
    }
    return InferenceBody.received(answer, json);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
