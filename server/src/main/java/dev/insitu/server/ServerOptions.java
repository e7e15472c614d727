package dev.insitu.server;

import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.server.inference.InferenceOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

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

  private final Path library;
  private final String host;
  private final int port;
  private final Optional<String> token;
  private final Optional<Tls> tls;
  private final Trust trust;
  private final Optional<OnnxExporter> exporter;
  private final long maxPushBytes;
  private final Duration grace;
  private final Planning planning;
  private final Optional<InferenceOptions> inference;

  /**
   * Files of a TLS server, in PEM form.
   *
   * @param certificate with its chain
   * @param key PKCS#8, not encrypted
   */
  public record Tls(Path certificate, Path key) {}

  private ServerOptions(
      Path library,
      String host,
      int port,
      Optional<String> token,
      Optional<Tls> tls,
      Trust trust,
      Optional<OnnxExporter> exporter,
      long maxPushBytes,
      Duration grace,
      Planning planning,
      Optional<InferenceOptions> inference) {
    this.library = Objects.requireNonNull(library);
    this.host = Objects.requireNonNull(host);
    this.port = port;
    this.token = token;
    this.tls = tls;
    this.trust = trust;
    this.exporter = exporter;
    this.maxPushBytes = maxPushBytes;
    this.grace = grace;
    this.planning = Objects.requireNonNull(planning);
    this.inference = inference;
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

  /**
   * The defaults: loopback, no TLS, no changes over HTTP, pushed packages must be signed by a
   * pinned key.
   */
  public static ServerOptions of(Path library) {
    return new ServerOptions(
        library,
        DEFAULT_HOST,
        DEFAULT_PORT,
        Optional.empty(),
        Optional.empty(),
        new Trust(Set.of(), false),
        Optional.empty(),
        DEFAULT_MAX_PUSH_BYTES,
        DEFAULT_GRACE,
        Planning.DEFAULT,
        Optional.of(InferenceOptions.defaults()));
  }

  /** Listens on that address; {@code 0.0.0.0} is all of them. */
  public ServerOptions withHost(String value) {
    return new ServerOptions(
        library,
        value,
        port,
        token,
        tls,
        trust,
        exporter,
        maxPushBytes,
        grace,
        planning,
        inference);
  }

  /** Listens on that port; 0 is any free one. */
  public ServerOptions withPort(int value) {
    return new ServerOptions(
        library,
        host,
        value,
        token,
        tls,
        trust,
        exporter,
        maxPushBytes,
        grace,
        planning,
        inference);
  }

  /** Lets whoever knows the token push, remove and collect. */
  public ServerOptions withToken(String value) {
    return new ServerOptions(
        library,
        host,
        port,
        Optional.of(value),
        tls,
        trust,
        exporter,
        maxPushBytes,
        grace,
        planning,
        inference);
  }

  /** Speaks TLS only. */
  public ServerOptions withTls(Path certificate, Path key) {
    return new ServerOptions(
        library,
        host,
        port,
        token,
        Optional.of(new Tls(certificate, key)),
        trust,
        exporter,
        maxPushBytes,
        grace,
        planning,
        inference);
  }

  /** Whose packages may be pushed. */
  public ServerOptions withTrust(Trust value) {
    return new ServerOptions(
        library, host, port, token, tls, value, exporter, maxPushBytes, grace, planning, inference);
  }

  /** Offers plain ONNX files. */
  public ServerOptions withExporter(OnnxExporter value) {
    return new ServerOptions(
        library,
        host,
        port,
        token,
        tls,
        trust,
        Optional.of(value),
        maxPushBytes,
        grace,
        planning,
        inference);
  }

  /** Most bytes of a pushed package. */
  public ServerOptions withMaxPushBytes(long value) {
    return new ServerOptions(
        library, host, port, token, tls, trust, exporter, value, grace, planning, inference);
  }

  /** How long running streams may go on after {@code close}. */
  public ServerOptions withGrace(Duration value) {
    return new ServerOptions(
        library, host, port, token, tls, trust, exporter, maxPushBytes, value, planning, inference);
  }

  /** How it decides for devices. */
  public ServerOptions withPlanning(Planning value) {
    return new ServerOptions(
        library, host, port, token, tls, trust, exporter, maxPushBytes, grace, value, inference);
  }

  /** Computes like that. */
  public ServerOptions withInference(InferenceOptions value) {
    return withInference(Optional.of(value));
  }

  /** Computes nothing: what asks for inference is answered with an error. */
  public ServerOptions withoutInference() {
    return withInference(Optional.empty());
  }

  private ServerOptions withInference(Optional<InferenceOptions> value) {
    return new ServerOptions(
        library, host, port, token, tls, trust, exporter, maxPushBytes, grace, planning, value);
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

  public Planning planning() {
    return planning;
  }

  /** How the server computes; empty if it does not. */
  public Optional<InferenceOptions> inference() {
    return inference;
  }
}
