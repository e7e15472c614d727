package dev.insitu.server;

import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.server.inference.InferenceOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** How a server behaves. Immutable; made by {@link #of} and the {@code with} methods. */
public final class ServerOptions {

  /** Only this machine. */
  public static final String DEFAULT_HOST = "127.0.0.1";

  /** Port if none is given. */
  public static final int DEFAULT_PORT = 8437;

  /** Most bytes of a pushed package. */
  public static final long DEFAULT_MAX_PUSH_BYTES = 64L << 30;

  /** How long running streams may go on after {@code close}. */
  public static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);

  /** How long no byte of a request's body may come. */
  public static final Duration DEFAULT_BODY_PATIENCE = Duration.ofSeconds(30);

  private final Path library;
  private final String host;
  private final int port;
  private final Optional<String> token;
  private final Optional<Tls> tls;
  private final Trust trust;
  private final Optional<OnnxExporter> exporter;
  private final long maxPushBytes;
  private final Duration grace;
  private final Duration bodyPatience;
  private final Planning planning;
  private final Optional<InferenceOptions> inference;

  /**
   * Files of a TLS server, in PEM form.
   *
   * @param certificate with its chain
   * @param key PKCS#8, not encrypted
   */
  public record Tls(Path certificate, Path key) {}

  private ServerOptions(Draft draft) {
    this.library = Objects.requireNonNull(draft.library);
    this.host = Objects.requireNonNull(draft.host);
    this.port = draft.port;
    this.token = draft.token;
    this.tls = draft.tls;
    this.trust = draft.trust;
    this.exporter = draft.exporter;
    this.maxPushBytes = draft.maxPushBytes;
    this.grace = draft.grace;
    this.bodyPatience = draft.bodyPatience;
    this.planning = Objects.requireNonNull(draft.planning);
    this.inference = draft.inference;
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "Port " + port + " was asked for; 0 (any free one) to 65535 are possible.");
    }
    if (token.isPresent() && token.get().length() < 8) {
      throw new IllegalArgumentException(
          "The token has "
              + token.get().length()
              + " characters; at least 8 are needed.\nMaybe use the output of 'openssl rand -hex 16'.");
    }
  }

  /** Options while they are being changed. */
  private static final class Draft {
    private final Path library;
    private String host = DEFAULT_HOST;
    private int port = DEFAULT_PORT;
    private Optional<String> token = Optional.empty();
    private Optional<Tls> tls = Optional.empty();
    private Trust trust = new Trust(Set.of(), false);
    private Optional<OnnxExporter> exporter = Optional.empty();
    private long maxPushBytes = DEFAULT_MAX_PUSH_BYTES;
    private Duration grace = DEFAULT_GRACE;
    private Duration bodyPatience = DEFAULT_BODY_PATIENCE;
    private Planning planning = Planning.DEFAULT;
    private Optional<InferenceOptions> inference = Optional.of(InferenceOptions.defaults());

    Draft(Path library) {
      this.library = library;
    }

    Draft(ServerOptions from) {
      this.library = from.library;
      this.host = from.host;
      this.port = from.port;
      this.token = from.token;
      this.tls = from.tls;
      this.trust = from.trust;
      this.exporter = from.exporter;
      this.maxPushBytes = from.maxPushBytes;
      this.grace = from.grace;
      this.bodyPatience = from.bodyPatience;
      this.planning = from.planning;
      this.inference = from.inference;
    }
  }

  /**
   * The defaults: loopback, no TLS, no changes over HTTP, pushed packages must be signed by a
   * pinned key.
   */
  public static ServerOptions of(Path library) {
    return new ServerOptions(new Draft(library));
  }

  private ServerOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new ServerOptions(draft);
  }

  /** Listens on that address; {@code 0.0.0.0} is all of them. */
  public ServerOptions withHost(String value) {
    return with(draft -> draft.host = value);
  }

  /** Listens on that port; 0 is any free one. */
  public ServerOptions withPort(int value) {
    return with(draft -> draft.port = value);
  }

  /** Lets whoever knows the token push, remove and collect. */
  public ServerOptions withToken(String value) {
    return with(draft -> draft.token = Optional.of(value));
  }

  /** Speaks TLS only. */
  public ServerOptions withTls(Path certificate, Path key) {
    return with(draft -> draft.tls = Optional.of(new Tls(certificate, key)));
  }

  /** Whose packages may be pushed. */
  public ServerOptions withTrust(Trust value) {
    return with(draft -> draft.trust = value);
  }

  /** Offers plain ONNX files. */
  public ServerOptions withExporter(OnnxExporter value) {
    return with(draft -> draft.exporter = Optional.of(value));
  }

  /** Most bytes of a pushed package. */
  public ServerOptions withMaxPushBytes(long value) {
    return with(draft -> draft.maxPushBytes = value);
  }

  /** How long running streams may go on after {@code close}. */
  public ServerOptions withGrace(Duration value) {
    return with(draft -> draft.grace = value);
  }

  /** How long no byte of a request's body may come before the request is refused. */
  public ServerOptions withBodyPatience(Duration value) {
    return with(draft -> draft.bodyPatience = value);
  }

  /** How it decides for devices. */
  public ServerOptions withPlanning(Planning value) {
    return with(draft -> draft.planning = value);
  }

  /** Computes like that. */
  public ServerOptions withInference(InferenceOptions value) {
    return with(draft -> draft.inference = Optional.of(value));
  }

  /** Computes nothing: what asks for inference is answered with an error. */
  public ServerOptions withoutInference() {
    return with(draft -> draft.inference = Optional.empty());
  }

  public Path library() {
    return library;
  }

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  public Optional<String> token() {
    return token;
  }

  public Optional<Tls> tls() {
    return tls;
  }

  public Trust trust() {
    return trust;
  }

  public Optional<OnnxExporter> exporter() {
    return exporter;
  }

  public long maxPushBytes() {
    return maxPushBytes;
  }

  public Duration grace() {
    return grace;
  }

  public Duration bodyPatience() {
    return bodyPatience;
  }

  public Planning planning() {
    return planning;
  }

  /** How the server computes; empty if it does not. */
  public Optional<InferenceOptions> inference() {
    return inference;
  }
}
