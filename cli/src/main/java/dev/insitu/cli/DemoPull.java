package dev.insitu.cli;

import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.link.LinkProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Three devices pull the model over three links and answer the quiz meanwhile. */
final class DemoPull {

  private static final double SPARE_SECONDS = 0.5;

  private final DemoContext context;
  private final DemoChecks checks;
  private final long packageBytes;
  private final long rootBytes;

  /**
   * A link by what it makes of the package.
   *
   * @param seconds that the whole package takes
   * @param delay one way
   */
  private record Shape(double seconds, Duration delay) {}

  private static final List<Shape> SHAPES =
      List.of(
          new Shape(12, Duration.ofMillis(40)),
          new Shape(4, Duration.ofMillis(20)),
          new Shape(1, Duration.ofMillis(5)));

  /**
   * What came of one device.
   *
   * @param link its rate
   * @param firstAnswerSeconds from the pull to the first answer
   * @param firstScore what the first full quiz gave
   * @param completeSeconds from the pull until everything was in use
   * @param finalScore what the last quiz gave
   * @param bytes of the transfer
   * @param onnxFileSeconds what the link would take for the ONNX file alone
   */
  record Result(
      String link,
      double firstAnswerSeconds,
      double firstScore,
      double completeSeconds,
      double finalScore,
      long bytes,
      double onnxFileSeconds) {}

  DemoPull(DemoContext context, DemoChecks checks) throws IOException {
    this.context = context;
    this.checks = checks;
    this.packageBytes = Files.size(context.file());
    this.rootBytes = Files.size(context.material().onnx());
  }

  List<Result> run(Console console) throws IOException, InterruptedException {
    warmUp();
    List<DemoDevice> devices = new ArrayList<>();
    try {
      for (Shape shape : SHAPES) {
        devices.add(device(shape, devices.size()));
      }
      if (!console.json()) {
        new DemoScreen(console.out()).watch(devices, context.material().quiz().measure());
      }
      List<Result> results = new ArrayList<>();
      for (int i = 0; i < devices.size(); i++) {
        results.add(finish(devices.get(i), SHAPES.get(i)));
      }
      return results;
    } finally {
      for (DemoDevice device : devices) {
        device.close();
      }
    }
  }

  /** A first device on loopback, so that the three start with code that has run before. */
  private void warmUp() throws IOException {
    try (Insitu insitu = context.device("warm-up")) {
      Model pulled = insitu.model(context.material().name()).pull();
      Pulls.await(pulled);
      context.material().quiz().score(pulled::run);
    }
  }

  private DemoDevice device(Shape shape, int index) throws IOException {
    long rate = (long) (packageBytes * 8 / shape.seconds());
    LinkProfile profile = LinkProfile.constant(rate, shape.delay());
    return new DemoDevice(label(rate), profile, context, "device-" + index);
  }

  private static String label(long bitsPerSecond) {
    return bitsPerSecond < 1_000_000
        ? String.format(Locale.ROOT, "%d kbit/s", Math.round(bitsPerSecond / 1e3))
        : String.format(Locale.ROOT, "%.1f Mbit/s", bitsPerSecond / 1e6);
  }

  private Result finish(DemoDevice device, Shape shape) throws InterruptedException {
    device.await();
    DemoDevice.Seen seen = device.seen();
    double onnxSeconds = shape.seconds() * rootBytes / packageBytes;
    Result result =
        new Result(
            device.label(),
            seen.firstAnswer().orElse(Double.NaN),
            seen.firstScore().orElse(Double.NaN),
            seen.complete().orElse(Double.NaN),
            seen.score().orElse(Double.NaN),
            device.progress().totalBytes(),
            onnxSeconds);
    checks.check(
        device.label()
            + ": the first answer comes in a third of the ONNX file's time and half a second",
        result.firstAnswerSeconds() <= onnxSeconds / 3 + SPARE_SECONDS,
        String.format(
            Locale.ROOT, "%.2f s against %.2f s", result.firstAnswerSeconds(), onnxSeconds));
    checks.check(
        device.label() + ": ends with the root model's answers",
        context.material().quiz().isRoot(device.model()::run),
        "all answers");
    return result;
  }
}
