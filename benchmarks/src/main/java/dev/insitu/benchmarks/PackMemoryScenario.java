package dev.insitu.benchmarks;

import dev.insitu.benchmarks.models.GeneratedModel;
import dev.insitu.benchmarks.models.ModelGenerator;
import dev.insitu.benchmarks.models.ModelSpec;
import dev.insitu.benchmarks.models.Structure;
import dev.insitu.cli.Scenario;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Packs models of growing size without a profile, each in a process with a small heap, and gives
 * that process's largest resident memory and how many weights a second of one core packs.
 *
 * <p>{@code ./insitu bench pack}; it needs about 12 GB below the directory for temporary files.
 */
public final class PackMemoryScenario implements Scenario {

  private static final String HEAP = "-Xmx384m";
  private static final long MEBI = 1L << 20;
  private static final double MOST_MEBIBYTES = 1024;
  private static final double LEAST_SPEED = 100; // MB of float32 a second of a core

  /** From here on the speed is judged: before, the JVM mostly compiles the program. */
  private static final double JUDGED_MEGABYTES = 1000;

  /** Share by which the peak of a larger model may exceed the first's: the collector's moods. */
  private static final double TOLERANCE = 1.15;

  /**
   * A model to pack.
   *
   * @param name for the rows
   * @param bytes of weights
   * @param external whether they lie in a file of their own
   */
  private record Subject(String name, long bytes, boolean external) {}

  /**
   * What packing took.
   *
   * @param megabytes of weights
   * @param cpuSeconds of all threads, from the first to the last byte
   * @param right whether the package gives the weights back, as far as that was looked at
   */
  private record Figures(
      double peakMebibytes,
      double megabytes,
      double cpuSeconds,
      double wallSeconds,
      boolean right) {

    static Figures parse(String line) throws IOException {
      String[] fields = line.strip().split(" ", -1);
      if (fields.length != 5) {
        throw new IOException("The packing process said '" + line + "'.");
      }
      return new Figures(
          Double.parseDouble(fields[0]) / 1024,
          Double.parseDouble(fields[1]) / 1e6,
          Double.parseDouble(fields[2]),
          Double.parseDouble(fields[3]),
          Boolean.parseBoolean(fields[4]));
    }
  }

  private static final List<Subject> SUBJECTS =
      List.of(
          new Subject("0.25GiB", 256 * MEBI, false),
          new Subject("1GiB", 1024 * MEBI, false),
          new Subject("4GiB-external", 4096 * MEBI, true));

  @Override
  public String name() {
    return "pack";
  }

  @Override
  public String purpose() {
    return "memory and speed of packing without a profile, by the size of the model";
  }

  @Override
  public void run(Request request) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("insitu-pack");
    try {
      if (request.model().isPresent()) {
        pack(
            request.model().get().getFileName().toString(),
            request.model().get(),
            0,
            request,
            directory);
        return;
      }
      double first = 0;
      for (Subject subject : SUBJECTS) {
        request.notes().accept("Generating " + subject.name() + " of weights");
        Path model = generate(subject, request.seed(), directory);
        double peak = pack(subject.name(), model, first, request, directory);
        first = first == 0 ? peak : first;
        clear(directory);
      }
    } finally {
      clear(directory);
      Files.deleteIfExists(directory);
    }
  }

  private static Path generate(Subject subject, long seed, Path directory) throws IOException {
    ModelSpec spec =
        ModelSpec.of(Structure.MLP)
            .bytes(subject.bytes())
            .external(subject.external())
            .seed(seed)
            .build();
    GeneratedModel model = ModelGenerator.generate(spec, directory.resolve("model.onnx"));
    return model.file();
  }

  /**
   * Packs in a process of its own and reports.
   *
   * @param first the peak of the first model in MiB; 0 if this is it
   * @return the peak in MiB
   */
  private static double pack(String name, Path model, double first, Request request, Path directory)
      throws IOException, InterruptedException {
    request.notes().accept("Packing " + name + " with " + HEAP);
    Figures figures = inProcess(model, directory.resolve("model.insitu"), first == 0);
    boolean level = first == 0 || figures.peakMebibytes() <= TOLERANCE * first;
    boolean small = figures.peakMebibytes() <= MOST_MEBIBYTES;
    request
        .rows()
        .accept(
            new Row(
                "pack/memory/" + name,
                "MiB",
                figures.peakMebibytes(),
                OptionalDouble.of(MOST_MEBIBYTES),
                OptionalDouble.empty(),
                1,
                0,
                figures.right() && level && small,
                Map.of("heap", HEAP, "weightMegabytes", figures.megabytes())));
    double speed = figures.megabytes() / figures.cpuSeconds();
    Map<String, Object> details =
        Map.of(
            "wanted", LEAST_SPEED,
            "cpuSeconds", figures.cpuSeconds(),
            "wallSeconds", figures.wallSeconds());
    request
        .rows()
        .accept(
            new Row(
                "pack/speed/" + name,
                "MB/s per core",
                speed,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                1,
                0,
                figures.right() && (speed >= LEAST_SPEED || figures.megabytes() < JUDGED_MEGABYTES),
                details));
    return figures.peakMebibytes();
  }

  private static Figures inProcess(Path model, Path target, boolean rebuild)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            HEAP,
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            PackProcess.class.getName(),
            model.toString(),
            target.toString(),
            Boolean.toString(rebuild)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("The packing process ended with " + process.exitValue() + ".");
    }
    return Figures.parse(output);
  }

  private static void clear(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(directory)) {
      all =
          files.filter(file -> !file.equals(directory)).sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }
}
