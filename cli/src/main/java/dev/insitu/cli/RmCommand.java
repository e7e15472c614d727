package dev.insitu.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code insitu rm}: a version leaves a server's catalogue. */
@Command(
    name = "rm",
    mixinStandardHelpOptions = true,
    description =
        "Removes a version from a server's catalogue; its chunks go with the next 'insitu gc' unless something else uses them.",
    footerHeading = "%nExample:%n",
    footer = "  insitu rm resnet:1")
final class RmCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private ServerOptionsMixin server;

  @Parameters(paramLabel = "NAME:VERSION", description = "The version.")
  private String reference;

  @Override
  public Integer call() throws IOException {
    String[] parts = reference.split(":", 2);
    if (parts.length < 2) {
      throw new CliException(
          "'"
              + reference
              + "' names no version.\nMaybe write it like resnet:1; 'insitu list' shows what there is.");
    }
    server.send(
        server
            .request("/v1/models/" + Urls.element(parts[0]) + "/" + Urls.element(parts[1]))
            .DELETE()
            .build());
    console.print(
        Map.of("name", parts[0], "version", parts[1], "removed", true), "removed " + reference);
    return 0;
  }
}
