package dev.insitu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code insitu bench}: figures beside their bounds and peers. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Measures a scenario and prints each figure beside its bound and its peer; 'insitu bench list' names them all.",
    footerHeading = "%nExample:%n",
    footer = {"  insitu bench codec --json", "  insitu bench first-answer --model resnet.onnx"})
final class BenchCommand implements Callable<Integer> {

  @Mixin private Console console;

  @Parameters(
      paramLabel = "SCENARIO",
      description = "Which one: first-answer, resume, swap, upgrade, serve, codec …")
  private String scenario;

  @Option(names = "--model", paramLabel = "MODEL.onnx", description = "Measure with this model.")
  private @Nullable Path model;

  @Option(
      names = "--runs",
      defaultValue = "0",
      description = "Repetitions; by default what the scenario finds right.")
  private int runs;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--quick",
      description = "A rough figure in a short time, where the scenario can do that.")
  private boolean quick;

  @Option(
      names = "--only",
      paramLabel = "PART",
      split = ",",
      description = "Only these parts, where a scenario has several.")
  private List<String> only = List.of();

  @Option(
      names = "--data",
      paramLabel = "DIRECTORY",
      description =
          "Real models and data that cannot be shipped (default: the environment variable INSITU_DATA).")
  private @Nullable Path data;

  @Override
  public Integer call() throws Exception {
    List<Scenario> all =
        ServiceLoader.load(Scenario.class).stream().map(ServiceLoader.Provider::get).toList();
    if (scenario.equals("list")) {
      all.forEach(each ->
          console.print(
              Map.of("name", each.name(), "purpose", each.purpose()),
              String.format("%-16s %s", each.name(), each.purpose())));
      return 0;
    }
    Scenario chosen =
        all.stream()
            .filter(each -> each.name().equals(scenario))
            .findFirst()
            .orElseThrow(() ->
                new CliException(
                    "There is no scenario '"
                        + scenario
                        + "'; there are "
                        + all.stream().map(Scenario::name).toList()
                        + "."));
    if (data != null) {
      System.setProperty("INSITU_DATA", data.toString());
    }
    List<Scenario.Row> rows = new ArrayList<>();
    if (!console.json()) {
      console.print("%-52s %12s %12s %12s  %s", "figure", "ours", "bound", "peer", "runs, spread");
    }
    chosen.run(
        new Scenario.Request(
            Optional.ofNullable(model),
            runs,
            seed,
            quick,
            Set.copyOf(only),
            row -> {
              rows.add(row);
              print(row);
            },
            note -> console.note("%s", note)));
    return rows.stream().allMatch(Scenario.Row::ok) ? 0 : 1;
  }

  private void print(Scenario.Row row) {
    if (console.json()) {
      console.printJson(object(row));
      return;
    }
    console.print(
        "%-52s %12s %12s %12s  %d, %.0f %%  %s",
        row.name(),
        figure(OptionalDouble.of(row.ours()), row.unit()),
        figure(row.bound(), ""),
        figure(row.peer(), ""),
        row.runs(),
        100 * row.spread(),
        row.ok() ? "ok" : "MISSED");
  }

  private static String figure(OptionalDouble value, String unit) {
    return value.isEmpty()
        ? "–"
        : String.format(Locale.ROOT, "%.4g %s", value.getAsDouble(), unit).strip();
  }

  static Map<String, Object> object(Scenario.Row row) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", row.name());
    object.put("unit", row.unit());
    object.put("ours", row.ours());
    row.bound().ifPresent(bound -> object.put("bound", bound));
    row.peer().ifPresent(peer -> object.put("peer", peer));
    row.bound().ifPresent(bound -> object.put("ratio_to_bound", row.ours() / bound));
    row.peer().ifPresent(peer -> object.put("ratio_to_peer", row.ours() / peer));
    object.put("runs", row.runs());
    object.put("spread", row.spread());
    object.put("ok", row.ok());
    object.putAll(row.details());
    return object;
  }
}
