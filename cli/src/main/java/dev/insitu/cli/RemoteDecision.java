package dev.insitu.cli;

import dev.insitu.elastic.plan.PlanJson;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.planner.Decided;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a server what it would send to a device. */
final class RemoteDecision {

  private static final Pattern ADDRESS =
      Pattern.compile("(https?://.+)/([^/:?#]+)(?::([^/:?#]+))?");

  private final URI server;
  private final URI path;

  private RemoteDecision(URI server, URI path) {
    this.server = server;
    this.path = path;
  }

  /** Whether a text is the address of a model, not a file's name. */
  static boolean isAddress(String text) {
    return text.startsWith("http://") || text.startsWith("https://");
  }

  /** Of a model's address: the server's, a slash, and the name, with a colon and a version. */
  static RemoteDecision at(String address) {
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches()) {
      throw new CliException(
          "'"
              + address
              + "' is not the address of a model.\nMaybe write it like http://127.0.0.1:8437/resnet or …/resnet:1.0.");
    }
    String version = parts.group(3) == null ? "" : "?version=" + Urls.element(parts.group(3));
    String decide =
        parts.group(1) + "/v1/models/" + Urls.element(parts.group(2)) + "/decide" + version;
    try {
      return new RemoteDecision(URI.create(parts.group(1)), URI.create(decide));
    } catch (IllegalArgumentException e) {
      throw new CliException("'" + address + "' is not an address: " + e.getMessage());
    }
  }

  Decided of(Situation situation) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(path)
            .timeout(Duration.ofMinutes(1))
            .POST(BodyPublishers.ofByteArray(PlanJson.write(situation)))
            .build();
    ServerAnswer answer = ServerAnswer.to(request, server);
    return DecisionReader.read(
        answer.code().equals("situation-infeasible") ? answer.body() : answer.requireSuccess());
  }
}
