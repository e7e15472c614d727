package dev.insitu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.planner.ServerSide;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A situation that is planned for, and the server that could compute a part. */
final class SituationOptions {

  @Mixin private SituationFields common;

  @Option(
      names = "--max-bytes",
      paramLabel = "SIZE",
      description = "Most that may come down, as in 800k or 12M.")
  private @Nullable String maxBytes;

  @Option(
      names = "--server-macs",
      paramLabel = "MAC/S",
      description = "What a server computes for the device, as in 100G; no server if not given.")
  private @Nullable String serverMacs;

  @Option(
      names = "--server-overhead",
      paramLabel = "SECONDS",
      defaultValue = "0.001",
      description = "Of a request to the server (default: ${DEFAULT-VALUE}).")
  private double serverOverhead;

  Situation situation() throws IOException {
    ObjectNode fields = common.fields();
    SituationFields.put(fields, "maxBytes", maxBytes);
    return SituationFields.situation(fields);
  }

  ServerSide server() {
    if (serverMacs == null) {
      return ServerSide.NONE;
    }
    if (!(serverOverhead >= 0 && serverOverhead < 1e9)) {
      throw new CliException("--server-overhead is " + serverOverhead + "; it must be 0 or more.");
    }
    return new ServerSide((double) Sizes.parse(serverMacs), serverOverhead);
  }
}
