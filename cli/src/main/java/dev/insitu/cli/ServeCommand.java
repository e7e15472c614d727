package dev.insitu.cli;

import dev.insitu.elastic.PackageFile;
import dev.insitu.library.Library;
import dev.insitu.server.InsituServer;
import dev.insitu.server.ServerOptions;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code insitu serve}: a library over HTTP. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description =
        "Serves a library of packages over HTTP: plans, content, inference, OCI pull, plain ONNX, metrics.",
    footerHeading = "%nExample:%n",
    footer = "  insitu serve --library ./models resnet.insitu --token-file token.txt")
final class ServeCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private TrustOptions trust;
  @Mixin private InferenceOptionsMixin inference;

  @Parameters(
      paramLabel = "PACKAGE.insitu",
      arity = "0..*",
      description = "Packages to publish first.")
  private List<Path> packages = new ArrayList<>();

  @Option(
      names = "--library",
      paramLabel = "DIR",
      description = "Where packages are stored; by default 'library' in ~/.insitu.")
  private @Nullable Path library;

  @Option(
      names = "--host",
      defaultValue = ServerOptions.DEFAULT_HOST,
      description = "Address to listen on (default: ${DEFAULT-VALUE}, this machine only).")
  private String host;

  @Option(
      names = "--port",
      defaultValue = "8437",
      description = "Port to listen on; 0 is any free one (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "File with the token that push, rm and gc need; by default INSITU_TOKEN is used.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--tls-cert",
      paramLabel = "PEM",
      description = "Certificate chain; then TLS is spoken.")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "PEM", description = "Private key of the certificate.")
  private @Nullable Path key;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = library != null ? library : Keys.home().resolve("library");
    Files.createDirectories(directory);
    publish(directory);
    inference.configure();
    InsituServer server = InsituServer.start(options(directory));
    String url = (certificate == null ? "http://" : "https://") + host + ":" + server.port();
    console.print(
        Map.of("url", url, "library", directory.toString()),
        "serving " + directory + " at " + url + "  (stop with Ctrl-C)");
    CountDownLatch told = new CountDownLatch(1);
    if (!StopSignals.handle(told)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
    }
    told.await();
    close(server);
    return 0;
  }

  private static void close(InsituServer server) {
    try {
      server.close();
    } catch (IOException e) {
      System.err.println("The library was not closed cleanly: " + e.getMessage());
    }
  }

  private void publish(Path directory) throws IOException {
    if (packages.isEmpty()) {
      return;
    }
    try (Library opened = Library.open(directory)) {
      for (Path file : packages) {
        try (PackageFile pack = PackageFile.open(file, trust.trust())) {
          Library.Published published = opened.publish(pack);
          console.note(
              "%s:%s %s",
              published.version().name(),
              published.version().version(),
              published.already() ? "was there already" : "published");
        }
      }
    }
  }

  private ServerOptions options(Path directory) throws IOException {
    try {
      return checkedOptions(directory);
    } catch (IllegalArgumentException e) { // a port or a token that is none
      throw new CliException(String.valueOf(e.getMessage()));
    }
  }

  private ServerOptions checkedOptions(Path directory) throws IOException {
    ServerOptions options =
        ServerOptions.of(directory)
            .withHost(host)
            .withPort(port)
            .withTrust(trust.trust())
            .withExporter(new SubModelExporter(directory.resolve("exports")));
    String token =
        tokenFile == null ? System.getenv("INSITU_TOKEN") : Files.readString(tokenFile).strip();
    if (token != null && !token.isBlank()) {
      options = options.withToken(token);
    }
    if ((certificate == null) != (key == null)) {
      throw new CliException("--tls-cert and --tls-key belong together; one of them is missing.");
    }
    options = inference.apply(options);
    return certificate == null || key == null ? options : options.withTls(certificate, key);
  }
}
