package dev.insitu.server;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;

/** Bodies too large for memory, received into files at the pace of the disk. */
final class Uploads {

  private static final String SUFFIX = ".upload";

  private final Vertx vertx;
  private final Path directory;

  /** Removes what an earlier process left half received. */
  Uploads(Vertx vertx, Path directory) throws IOException {
    this.vertx = vertx;
    this.directory = Files.createDirectories(directory);
    try (DirectoryStream<Path> old = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : old) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Receives a body of at most {@code limit} bytes; {@code received} gets the file, which is its to
   * delete.
   */
  void receive(Exchange exchange, long limit, Consumer<Path> received) {
    HttpServerRequest request = exchange.request();
    if (exchange.declaredBytes() > limit) {
      exchange.problem(BodyReader.tooLarge(limit));
      return;
    }
    Path path = directory.resolve(UUID.randomUUID() + SUFFIX);
    request.pause();
    boolean[] gone = {
      false
    }; // a client that goes away while the file is being opened says so only once
    request.exceptionHandler(failure -> gone[0] = true);
    vertx
        .fileSystem()
        .open(path.toString(), new OpenOptions().setCreateNew(true).setRead(false))
        .onFailure(failure -> exchange.problem(Problem.of(new IOException(failure))))
        .onSuccess(file -> {
          exchange.askForBody();
          Upload upload = new Upload(exchange, limit, path, file, received);
          if (gone[0]) {
            upload.abandon();
          } else {
            upload.begin();
          }
        });
  }

  /** One body on its way; everything runs on the connection's thread. */
  private static final class Upload {
    private final Exchange exchange;
    private final long limit;
    private final Path path;
    private final AsyncFile file;
    private final Consumer<Path> received;
    private long bytes;
    private boolean over;

    Upload(Exchange exchange, long limit, Path path, AsyncFile file, Consumer<Path> received) {
      this.exchange = exchange;
      this.limit = limit;
      this.path = path;
      this.file = file;
      this.received = received;
    }

    void begin() {
      HttpServerRequest request = exchange.request();
      file.exceptionHandler(
          failure -> refuse(Problem.of(new IOException(failure.getMessage(), failure))));
      request.exceptionHandler(failure -> abandon());
      request.handler(this::take);
      request.endHandler(ignored -> end());
      request.resume();
    }

    private void take(Buffer part) {
      if (over) {
        return;
      }
      bytes += part.length();
      if (bytes > limit) {
        refuse(BodyReader.tooLarge(limit));
        return;
      }
      file.write(part)
          .onFailure(failure -> refuse(Problem.of(new IOException(failure.getMessage(), failure))));
      if (file.writeQueueFull()) {
        exchange.request().pause();
        file.drainHandler(ignored -> exchange.request().resume());
      }
    }

    private void end() {
      if (!over) {
        over = true;
        file.close().onSuccess(ignored -> received.accept(path)).onFailure(failure -> drop());
      }
    }

    private void refuse(Problem problem) {
      if (!over) {
        abandon();
        exchange.problem(problem);
      }
    }

    private void abandon() {
      if (!over) {
        over = true;
        file.close().onComplete(ignored -> drop());
      }
    }

    private void drop() {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // the next start removes it
      }
    }
  }
}
