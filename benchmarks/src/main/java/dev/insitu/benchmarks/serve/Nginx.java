package dev.insitu.benchmarks.serve;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** nginx with sendfile, one worker for each processor, serving one directory. */
final class Nginx implements AutoCloseable {

  private final Process master;
  private final int port;

  private Nginx(Process master, int port) {
    this.master = master;
    this.port = port;
  }

  /**
   * Starts nginx.
   *
   * @param scratch for its files
   * @param served the directory it serves
   * @param tls certificate and key, if it is to speak TLS
   */
  static Nginx start(Path scratch, Path served, Optional<TlsPair> tls)
      throws IOException, InterruptedException {
    int port = freePort();
    Path config = Files.createTempFile(scratch, "nginx", ".conf");
    Files.writeString(config, config(scratch, served, port, tls));
    Process master =
        new ProcessBuilder(
                "nginx", "-c", config.toString(), "-e", scratch.resolve("nginx.log").toString())
            .redirectErrorStream(true)
            .redirectOutput(scratch.resolve("nginx.out").toFile())
            .start();
    Nginx nginx = new Nginx(master, port);
    nginx.await();
    return nginx;
  }

  private static String config(Path scratch, Path served, int port, Optional<TlsPair> tls) {
    String user = System.getProperty("user.name").equals("root") ? "user root;" : "";
    String listen = "listen 127.0.0.1:" + port + (tls.isPresent() ? " ssl" : "") + ";";
    String files =
        tls.map(pair ->
                "ssl_certificate "
                    + pair.certificate()
                    + "; ssl_certificate_key "
                    + pair.key()
                    + "; ssl_session_cache shared:a:1m;")
            .orElse("");
    return """
    %s
    daemon off;
    worker_processes %d;
    pid %s/nginx-%d.pid;
    error_log %s/nginx.log;
    events { worker_connections 1024; }
    http {
      access_log off;
      sendfile on;
      tcp_nopush on;
      keepalive_requests 100000000;
      client_body_temp_path %s/body; proxy_temp_path %s/proxy; fastcgi_temp_path %s/fastcgi;
      uwsgi_temp_path %s/uwsgi; scgi_temp_path %s/scgi;
      server { %s %s root %s; }
    }
    """
        .formatted(
            user,
            Runtime.getRuntime().availableProcessors(),
            scratch,
            port,
            scratch,
            scratch,
            scratch,
            scratch,
            scratch,
            scratch,
            listen,
            files,
            served);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void await() throws IOException, InterruptedException {
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        Thread.sleep(50);
      }
    }
    close();
    throw new IOException("nginx does not listen on port " + port + " after 5 s.");
  }

  int port() {
    return port;
  }

  /** Processor time of all its processes so far. */
  Duration cpu() {
    return master
        .descendants()
        .map(worker -> worker.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(master.info().totalCpuDuration().orElse(Duration.ZERO), Duration::plus);
  }

  @Override
  public void close() {
    master.destroy();
    try {
      master.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
