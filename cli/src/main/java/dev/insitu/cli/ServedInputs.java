package dev.insitu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.runtime.protocol.DataTypes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a model takes of which nothing is on this device, as the server that computes it says. */
final class ServedInputs {

  private ServedInputs() {}

  /**
   * Asks the server.
   *
   * @param name with or without a version
   */
  static List<ValueSpec> of(URI server, String name) throws IOException {
    String[] parts = name.split(":", 2);
    String version = parts.length < 2 ? "" : "/versions/" + Urls.element(parts[1]);
    URI path = server.resolve("/v2/models/" + Urls.element(parts[0]) + version);
    HttpRequest request = HttpRequest.newBuilder(path).timeout(Duration.ofMinutes(1)).build();
    List<ValueSpec> inputs = new ArrayList<>();
    for (JsonNode input : ServerAnswer.to(request, server).requireSuccess().path("inputs")) {
      List<Long> dims = new ArrayList<>();
      input.path("shape").forEach(dim -> dims.add(dim.asLong()));
      int type = DataTypes.of(input.path("datatype").asText()).onnx();
      inputs.add(new ValueSpec(input.path("name").asText(), type, dims, true));
    }
    return inputs;
  }
}
