package dev.insitu.benchmarks.scenarios;

import dev.insitu.benchmarks.codec.CodecScenario;
import dev.insitu.cli.Scenario;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code insitu bench codec}: the time of one thread for coding and decoding a weight, beside that
 * of copying it. The work is {@link CodecScenario}'s, in a process of its own.
 */
public final class Codec implements Scenario {

  private static final String MEBI_WEIGHTS = "16";
  private static final int REPETITIONS = 15;
  private static final Pattern WORK =
      Pattern.compile("\"what\":\"([^\"]+)\".*\"nsPerWeight\":([0-9.]+).*\"ofCopy\":([0-9.]+)");
  private static final Pattern EVEN =
      Pattern.compile("\"plainSoonerFrom\":\"([^\"]+)\",\"gigabitsPerSecond\":([0-9.]+)");
  private static final Pattern BITS = Pattern.compile("\"bitsPerWeight\":([0-9.]+)");

  /** How many times the time of a copy the work may take. */
  private static final Map<String, Double> MOST_OF_COPY =
      Map.of("verify, add all planes, rebuild", 12.0, "verify and add lossless group", 20.0);

  /** How many nanoseconds a weight the work may take: 100 MB of float32 a second. */
  private static final Map<String, Double> MOST_NANOS =
      Map.of("quantise and encode all groups", 40.0);

  @Override
  public String name() {
    return "codec";
  }

  @Override
  public String purpose() {
    return "time to code and decode weights on one core, beside a copy of them";
  }

  @Override
  public void run(Request request) throws IOException, InterruptedException {
    int runs = request.runs() > 0 ? request.runs() : REPETITIONS;
    List<String> arguments = List.of(MEBI_WEIGHTS, String.valueOf(runs));
    double copy = Double.NaN;
    double bits = Double.NaN;
    try (ChildJvm child = ChildJvm.start(CodecScenario.class, List.of(), arguments)) {
      for (String line : child.lines()) {
        Matcher sizes = BITS.matcher(line);
        bits = sizes.find() ? Double.parseDouble(sizes.group(1)) : bits;
        Matcher work = WORK.matcher(line);
        if (work.find()) {
          double nanos = Double.parseDouble(work.group(2));
          copy = work.group(1).equals("copy") ? nanos : copy;
          request.rows().accept(row(work.group(1), nanos, copy, bits, runs));
        }
        Matcher even = EVEN.matcher(line);
        if (even.find()) {
          request.rows().accept(even(even.group(1), Double.parseDouble(even.group(2)), runs));
        }
      }
    }
  }

  private static Row even(String what, double gigabits, int runs) {
    return new Row(
        "codec/" + word(what) + "/plain-sooner-from",
        "Gbit/s",
        gigabits,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        runs,
        0,
        true,
        Map.of());
  }

  private static String word(String what) {
    return what.replaceAll("[:,]? ", "-").toLowerCase(Locale.ROOT);
  }

  private static Row row(String what, double nanos, double copy, double bits, int runs) {
    double most =
        Math.min(
            MOST_NANOS.getOrDefault(what, Double.MAX_VALUE),
            MOST_OF_COPY.getOrDefault(what, Double.MAX_VALUE) * copy);
    return new Row(
        "codec/" + word(what),
        "ns/weight",
        nanos,
        OptionalDouble.of(copy),
        OptionalDouble.empty(),
        runs,
        0,
        nanos <= most,
        Map.of("float32MegabytesPerSecond", 4e3 / nanos, "codeBitsPerWeight", bits));
  }
}
