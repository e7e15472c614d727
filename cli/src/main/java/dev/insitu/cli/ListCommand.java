package dev.insitu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code insitu list}: the models of a server. */
@Command(
    name = "list",
    aliases = "ls",
    mixinStandardHelpOptions = true,
    description = "Lists the models and versions of a server.",
    footerHeading = "%nExample:%n",
    footer = "  insitu list --server http://edge:8437")
final class ListCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private ServerOptionsMixin server;

  @Override
  public Integer call() throws IOException {
    JsonNode answer = server.send(server.request("/v1/models").GET().build());
    console.print(
        "%-28s %-12s %-12s %10s  %s", "model", "version", "manifest", "chunks", "published");
    for (JsonNode model : answer.path("models")) {
      for (JsonNode version : model.path("versions")) {
        print(
            model.path("name").asText(),
            version,
            version.path("version").asText().equals(model.path("latest").asText()));
      }
    }
    return 0;
  }

  private void print(String name, JsonNode version, boolean latest) {
    if (console.json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("name", name);
      object.put("version", version.path("version").asText());
      object.put("latest", latest);
      object.put("manifest", version.path("manifest").asText());
      object.put("published", version.path("published").asText());
      object.put("chunks", version.path("chunks").asInt());
      object.put("chunkBytes", version.path("chunkBytes").asLong());
      console.printJson(object);
      return;
    }
    String manifest = version.path("manifest").asText();
    console.print(
        "%-28s %-12s %-12s %10s  %s%s",
        name,
        version.path("version").asText(),
        manifest.substring(0, Math.min(12, manifest.length())),
        Sizes.format(version.path("chunkBytes").asLong()),
        version.path("published").asText(),
        latest ? "  latest" : "");
  }
}
