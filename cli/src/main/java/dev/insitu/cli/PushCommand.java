package dev.insitu.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code insitu push}: a package goes to a server. */
@Command(
    name = "push",
    mixinStandardHelpOptions = true,
    description = "Sends a package to a server; chunks that it has already are stored once.",
    footerHeading = "%nExample:%n",
    footer = "  INSITU_TOKEN=… insitu push resnet.insitu --server http://edge:8437")
final class PushCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private ServerOptionsMixin server;

  @Parameters(paramLabel = "PACKAGE.insitu", description = "The package.")
  private Path file;

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new CliException("There is no package " + file + ".");
    }
    JsonNode answer =
        server.send(server.request("/v1/models").POST(BodyPublishers.ofFile(file)).build());
    String text =
        answer.path("name").asText()
            + ":"
            + answer.path("version").asText()
            + (answer.path("already").asBoolean()
                ? "  was there already"
                : "  published; "
                    + answer.path("newChunks").asInt()
                    + " new chunks, "
                    + Sizes.format(answer.path("newBytes").asLong()));
    console.print(
        new ObjectMapper()
            .convertValue(
                answer,
                new com.fasterxml.jackson.core.type.TypeReference<Map<String, Object>>() {}),
        text);
    return 0;
  }
}
