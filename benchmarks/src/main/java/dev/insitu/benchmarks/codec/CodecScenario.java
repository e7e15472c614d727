package dev.insitu.benchmarks.codec;

import dev.insitu.elastic.codec.BlockCodes;
import dev.insitu.elastic.codec.BlockState;
import dev.insitu.elastic.codec.EntropyCoding;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times the codec on one thread against a copy of the same floats, and prints a JSON object per
 * line.
 *
 * <pre>
 * mvn -q -f benchmarks/pom.xml package -Dquick
 * java --enable-native-access=ALL-UNNAMED -cp "benchmarks/target/*:benchmarks/target/lib/*" \
 *     dev.insitu.benchmarks.codec.CodecScenario [MiWeights [repetitions [stepsPerSigma]]]
 * </pre>
 *
 * <p>The source needs nothing newer than Java 17, so that the same work can be timed where devices
 * are: compile this package with {@code --release 17} against the elastic module.
 *
 * <p>{@code nsPerWeight} is the least of all repetitions in processor time of the thread, {@code
 * wall} and {@code wallMedian} are by the clock. {@code ofCopy} is the ratio to the copy's
 * processor time.
 */
public final class CodecScenario {

  private final CodecWorkload work;
  private final int repetitions;
  private final ByteBuffer target;
  private double copyNanos;

  private CodecScenario(int weights, int repetitions, double stepsPerSigma) {
    work = new CodecWorkload(weights, stepsPerSigma);
    this.repetitions = repetitions;
    target = CodecWorkload.direct(weights);
  }

  /** Arguments: Mi weights (16), repetitions (15), steps per sigma (64). */
  public static void main(String[] arguments) {
    double mebiWeights = argument(arguments, 0, 16);
    CodecScenario scenario =
        new CodecScenario(
            (int) (mebiWeights * (1 << 20)),
            (int) argument(arguments, 1, 15),
            argument(arguments, 2, 64));
    scenario.run();
  }

  private static double argument(String[] arguments, int index, double otherwise) {
    return arguments.length > index ? Double.parseDouble(arguments[index]) : otherwise;
  }

  private void run() {
    work.quantise();
    work.encode(EntropyCoding.SHORTEST);
    work.gate();
    sizes();
    copyNanos = time("copy", () -> target.duplicate().put(work.reference.duplicate()));
    Decoding coded = decode("");
    work.encode(new EntropyCoding(1));
    work.gate();
    Decoding plain = decode("plain chunks: ");
    evenRate("all planes", plain.planes, coded.planes);
    evenRate("lossless group", plain.lossless, coded.lossless);
    work.codes.clear();
    encode();
  }

  private void sizes() {
    double coded = 8.0 * work.bytes(0, CodecWorkload.LEVELS) / work.weights;
    double lossless =
        8.0 * work.bytes(CodecWorkload.LEVELS + 1, CodecWorkload.LEVELS + 1) / work.weights;
    System.out.printf(
        Locale.ROOT,
        "{\"java\":\"%s\",\"weights\":%d,\"bitsPerWeight\":%.4f,\"losslessBitsPerWeight\":%.4f,"
            + "\"shareOfFloat32\":%.4f}%n",
        Runtime.version(),
        work.weights,
        coded,
        lossless,
        (coded + lossless) / 32);
  }

  /** What arrives, and the time that it takes to be values. */
  private record Arrival(long bytes, double nanosPerWeight) {}

  private record Decoding(Arrival planes, Arrival lossless) {}

  /**
   * Prints the rate of a link from which on plain chunks are values sooner than coded ones, if they
   * are decoded after they have come.
   */
  private void evenRate(String what, Arrival plain, Arrival coded) {
    double nanos = (coded.nanosPerWeight - plain.nanosPerWeight) * work.weights;
    double bitsPerSecond = 8e9 * (plain.bytes - coded.bytes) / nanos;
    System.out.printf(
        Locale.ROOT,
        "{\"plainSoonerFrom\":\"%s\",\"gigabitsPerSecond\":%.2f,\"plainBytesOfCoded\":%.4f}%n",
        what,
        nanos > 0 ? bitsPerSecond * 1e-9 : 1e9, // else never
        (double) plain.bytes / coded.bytes);
  }

  private Decoding decode(String coding) {
    int last = CodecWorkload.LEVELS;
    time(coding + "verify and add base", () -> work.add(0, work.fresh()));
    List<BlockState> held = work.fresh();
    for (int group = 0; group < last; group++) {
      work.add(group, held);
    }
    timeOnce(coding + "verify and add one plane", group -> work.add(group, held), last);
    time(coding + "rebuild", () -> work.rebuild(held, target));
    double planes = time(coding + "verify, add all planes, rebuild", () -> all(target));
    double lossless =
        time(coding + "verify and add lossless group", () -> work.addLossless(held, target));
    time(coding + "verify, add all groups, lossless included", () -> lossless(target));
    return new Decoding(
        new Arrival(work.bytes(0, last), planes),
        new Arrival(work.bytes(last + 1, last + 1), lossless));
  }

  /** All planes to values. */
  private void all(ByteBuffer values) {
    List<BlockState> states = work.fresh();
    for (int group = 0; group <= CodecWorkload.LEVELS; group++) {
      work.add(group, states);
    }
    work.rebuild(states, values);
  }

  /** All groups to reference values. */
  private void lossless(ByteBuffer values) {
    List<BlockState> states = work.fresh();
    for (int group = 0; group <= CodecWorkload.LEVELS; group++) {
      work.add(group, states);
    }
    work.addLossless(states, values);
  }

  private void encode() {
    time("quantise", work::quantise);
    time("squared errors of all levels", this::squaredErrors);
    time("quantise and encode all groups", this::pack);
  }

  private void squaredErrors() {
    double sum = 0;
    for (BlockCodes codes : work.codes) {
      sum += codes.squaredErrors(null)[0];
    }
    if (!(sum > 0)) {
      throw new IllegalStateException("No error at all");
    }
  }

  private void pack() {
    work.quantise();
    work.encode(EntropyCoding.SHORTEST);
  }

  private interface GroupWork {
    void run(int group);
  }

  /** For work that can be done once only to what is held. */
  private void timeOnce(String what, GroupWork groupWork, int group) {
    time(what, () -> groupWork.run(group), 1);
  }

  private double time(String what, Runnable task) {
    return time(what, task, repetitions);
  }

  private double time(String what, Runnable task, int runs) {
    var threads = ManagementFactory.getThreadMXBean();
    double[] wall = new double[runs];
    double[] cpu = new double[runs];
    for (int i = 0; i < runs; i++) {
      long cpuStart = threads.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      task.run();
      wall[i] = System.nanoTime() - start;
      cpu[i] = threads.getCurrentThreadCpuTime() - cpuStart;
    }
    Arrays.sort(wall);
    Arrays.sort(cpu);
    double nanos = cpu[0] / work.weights;
    System.out.printf(
        Locale.ROOT,
        "{\"what\":\"%s\",\"runs\":%d,\"nsPerWeight\":%.3f,\"gbPerSecond\":%.2f,\"ofCopy\":%.1f,"
            + "\"wall\":%.3f,\"wallMedian\":%.3f}%n",
        what,
        runs,
        nanos,
        4 / nanos,
        copyNanos == 0 ? 1 : nanos / copyNanos,
        wall[0] / work.weights,
        wall[runs / 2] / work.weights);
    return nanos;
  }
}
