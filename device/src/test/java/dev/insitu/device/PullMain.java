package dev.insitu.device;

import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A device process that tests may kill: pulls a model and prints the state it ends in. */
final class PullMain {

  private PullMain() {}

  /**
   * Runs a pull.
   *
   * @param args directory, server, model, and a file that gets the number of content bytes read
   */
  public static void main(String[] args) throws Exception {
    DeviceOptions options =
        DeviceOptions.builder(Path.of(args[0]), URI.create(args[1]), Trust.anybody())
            .transport(MeteredTransport.into(Path.of(args[3])))
            .build();
    try (Insitu insitu = Insitu.open(options)) {
      Model model = insitu.model(args[2]).pull();
      ModelState state = model.whenDone().get(60, TimeUnit.SECONDS);
      System.out.println(state + " " + model.counters());
    }
  }

  /** What a process that has ended printed. */
  static String output(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Starts such a process. */
  static Process start(Path directory, URI server, String model, Path meter) throws IOException {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command =
        List.of(
            java.toString(),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            path,
            PullMain.class.getName(),
            directory.toString(),
            server.toString(),
            model,
            meter.toString());
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
