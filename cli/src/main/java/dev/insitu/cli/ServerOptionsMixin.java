package dev.insitu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server a command speaks to, and how. */
final class ServerOptionsMixin {

  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = "${INSITU_SERVER:-http://127.0.0.1:8437}",
      description = "The server (default: ${DEFAULT-VALUE}; set INSITU_SERVER to change it).")
  private URI server;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the server's token, for changes; by default INSITU_TOKEN is used.")
  private @Nullable Path tokenFile;

  URI server() {
    return server;
  }

  HttpRequest.Builder request(String path) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofHours(6));
    String token =
        tokenFile == null ? System.getenv("INSITU_TOKEN") : Files.readString(tokenFile).strip();
    if (token != null && !token.isBlank()) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  /**
   * Sends a request and reads the JSON answer; a refusal becomes an error with the server's words.
   */
  JsonNode send(HttpRequest request) throws IOException {
    return ServerAnswer.to(request, server).requireSuccess();
  }
}
