package dev.insitu.benchmarks.scenarios;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.insitu.link.ShapedLink;
import dev.insitu.model.OnnxModel;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;

/**
 * What one does without this product: {@code curl} fetches the ONNX file over the same link, then a
 * session is made and run once.
 *
 * @param downloadSeconds of curl, from its start to its end
 * @param answerSeconds from its start to the first answer
 * @param goodput of the link while the file came, bit/s
 */
record OnnxDownload(double downloadSeconds, double answerSeconds, double goodput) {

  static boolean possible() {
    return Commands.has("curl");
  }

  static OnnxDownload measure(Workbench bench, Subject subject, Line line)
      throws IOException, InterruptedException {
    Path target = Files.createDirectories(bench.fresh("downloaded"));
    List<Path> files = files(subject.onnx());
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            files.getFirst().toAbsolutePath().getParent(),
            SimpleFileServer.OutputLevel.NONE);
    server.start();
    try (ShapedLink link = line.open(server.getAddress().getPort())) {
      List<String> command = command(files, target, link.port());
      long start = System.nanoTime();
      String report = Commands.run(command);
      double downloaded = Stats.secondsSince(start);
      Path model = target.resolve(files.getFirst().getFileName());
      try (GraphRun run = GraphRun.open(model, Optimisation.ALL)) {
        run.run(subject.question());
      }
      return new OnnxDownload(downloaded, Stats.secondsSince(start), goodput(report));
    } finally {
      server.stop(0);
    }
  }

  /** The model's files, the ONNX file first. */
  private static List<Path> files(Path onnx) throws IOException {
    List<Path> files = new ArrayList<>(List.of(onnx));
    try (OnnxModel model = OnnxModel.open(onnx)) {
      model.files().stream().filter(file -> !isSame(file, onnx)).forEach(files::add);
    }
    return files;
  }

  private static boolean isSame(Path file, Path other) {
    return file.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }

  private static List<String> command(List<Path> files, Path target, int port) {
    List<String> command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--fail"));
    command.add("--write-out");
    command.add("%{size_download} %{time_starttransfer} %{time_total}\\n");
    for (Path file : files) {
      command.add("--output");
      command.add(target.resolve(file.getFileName()).toString());
      command.add(Line.url(port).resolve("/" + file.getFileName()).toString());
    }
    return command;
  }

  /** Of the largest file: bytes by the time from the first to the last. */
  private static double goodput(String report) {
    double bytes = 0;
    double rate = 0;
    for (String line : report.lines().toList()) {
      Scanner fields = new Scanner(line).useLocale(Locale.ROOT);
      double size = fields.nextDouble();
      double first = fields.nextDouble();
      double last = fields.nextDouble();
      if (size > bytes) {
        bytes = size;
        rate = 8 * size / (last - first);
      }
    }
    return rate;
  }
}
