package dev.insitu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * What a server answered.
 *
 * @param status of the response
 * @param body as JSON; an empty object if it is none
 */
record ServerAnswer(int status, JsonNode body) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Sends a request.
   *
   * @param server that is asked, for people
   */
  static ServerAnswer to(HttpRequest request, URI server) throws IOException {
    try (HttpClient client =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return new ServerAnswer(response.statusCode(), parse(response.body()));
    } catch (ConnectException e) {
      throw new CliException(
          "No server answers at "
              + server
              + ".\nMaybe start one with 'insitu serve', or give --server.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while waiting for " + server, e);
    }
  }

  private static JsonNode parse(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      return JSON.createObjectNode(); // not every refusal is JSON
    }
  }

  /** The stable name of what went wrong; empty if there is none. */
  String code() {
    return body.path("code").asText("");
  }

  /** The body; a refusal becomes an error with the server's words. */
  JsonNode requireSuccess() {
    if (status < 300) {
      return body;
    }
    String code = code().isEmpty() ? Integer.toString(status) : code();
    String detail = body.path("detail").asText("it answered with status " + status);
    throw new CliException("The server refuses (" + code + "): " + detail);
  }
}
