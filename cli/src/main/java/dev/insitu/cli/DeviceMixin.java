package dev.insitu.cli;

import dev.insitu.device.DeviceOptions;
import dev.insitu.device.Insitu;
import dev.insitu.device.ModelListener;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** This machine as a device. */
final class DeviceMixin {

  @Option(
      names = "--device",
      paramLabel = "DIR",
      description = "Where models are kept; by default 'device' in ~/.insitu.")
  private @Nullable Path directory;

  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = "${INSITU_SERVER:-http://127.0.0.1:8437}",
      description = "The server (default: ${DEFAULT-VALUE}; set INSITU_SERVER to change it).")
  private URI server;

  @Mixin private TrustOptions trust;

  URI server() {
    return server;
  }

  Insitu open(ModelListener listener) throws IOException {
    Path chosen = directory != null ? directory : Keys.home().resolve("device");
    Files.createDirectories(chosen);
    return Insitu.open(
        DeviceOptions.builder(chosen, server, trust.trust()).listener(listener).build());
  }
}
