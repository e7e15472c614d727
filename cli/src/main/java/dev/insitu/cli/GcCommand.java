package dev.insitu.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code insitu gc}: a server drops chunks that nothing uses. */
@Command(
    name = "gc",
    mixinStandardHelpOptions = true,
    description = "Lets a server drop the chunks that no version and no open plan uses.",
    footerHeading = "%nExample:%n",
    footer = "  insitu gc --dry-run")
final class GcCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private ServerOptionsMixin server;

  @Option(names = "--dry-run", description = "Only say what would go.")
  private boolean dryRun;

  @Override
  public Integer call() throws IOException {
    JsonNode answer =
        server.send(
            server.request("/v1/gc?dry-run=" + dryRun).POST(BodyPublishers.noBody()).build());
    Map<String, Object> report =
        new ObjectMapper().convertValue(answer, new TypeReference<Map<String, Object>>() {});
    String text =
        report.entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    console.print(report, (dryRun ? "would be collected: " : "collected: ") + text);
    return 0;
  }
}
