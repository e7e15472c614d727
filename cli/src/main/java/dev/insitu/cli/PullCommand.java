package dev.insitu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.device.ModelListener;
import dev.insitu.device.ModelState;
import dev.insitu.device.Progress;
import dev.insitu.elastic.plan.Situation;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code insitu pull}: a model, or a sub-model, comes to this device. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    description =
        "Fetches a model, or a sub-model of it, to this device; only what is missing is sent. Can be stopped and started again at any moment.",
    footerHeading = "%nExample:%n",
    footer = {
      "  insitu pull resnet --bits 4",
      "  insitu pull resnet                # the rest of it",
      "  insitu pull resnet --accuracy 0.85 --goal bytes    # what suits this device",
      "  insitu pull resnet --down 20M --within 5           # the best that comes in 5 seconds"
    })
final class PullCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private DeviceMixin device;
  @Mixin private WishOptions wishes;
  @Mixin private SituationFields situation;

  @Parameters(paramLabel = "NAME", description = "The model.")
  private String name;

  @Option(
      names = "--within",
      paramLabel = "SECONDS",
      description =
          "Lets the server decide for this device, and ends after that time with the best that has arrived.")
  private @Nullable Double within;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "Give up when nothing has arrived for so long (default: ${DEFAULT-VALUE}).")
  private int patience;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (patience < 1) {
      throw new CliException("--patience is " + patience + " seconds; at least 1 is needed.");
    }
    long began = System.nanoTime();
    Patience waiting = new Patience(Duration.ofSeconds(patience), System::nanoTime);
    try (Reporter reporter = new Reporter(waiting);
        Insitu insitu = device.open(reporter)) {
      Model model = begin(insitu.model(name));
      Pulls.await(model, waiting);
      reporter.end();
      Progress progress = model.progress();
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("model", name);
      object.put("version", model.version().orElse(""));
      object.put("state", progress.state().getClass().getSimpleName());
      object.put("bytes", progress.totalBytes());
      object.put("seconds", (System.nanoTime() - began) * 1e-9);
      object.put("elsewhere", model.runsElsewhere());
      console.print(object, model.runsElsewhere() ? served() : fetched(model, began));
      return 0;
    }
  }

  private String served() {
    return name + "  the server computes it, and nothing of it was fetched";
  }

  private String fetched(Model model, long began) {
    return String.format(
        Locale.ROOT,
        "%s:%s  %s fetched in %.1f s",
        name,
        model.version().orElse(""),
        Sizes.format(model.progress().totalBytes()),
        (System.nanoTime() - began) * 1e-9);
  }

  /** By wishes, or if anything was said of the device's situation, as the server decides. */
  private Model begin(Model model) throws IOException {
    if (!situation.given() && within == null) {
      return model.pull(wishes.wishes());
    }
    if (wishes.givenBesideMaxBytes()) {
      throw new CliException(
          "A situation was given, and outright what to pull.\nMaybe leave --bits, --depth, --width, --deadline and --lossless out.");
    }
    ObjectNode fields = situation.fields();
    SituationFields.put(fields, "maxBytes", wishes.maxBytes());
    Situation asked = SituationFields.situation(fields);
    if (within == null) {
      return model.pull(asked);
    }
    if (!(within > 0 && within < 1e9)) {
      throw new CliException("--within is " + within + " seconds; it must be positive.");
    }
    return model.pull(asked, Duration.ofNanos((long) (within * 1e9)));
  }

  /**
   * Shows progress, and why nothing moves when nothing moves. The SDK tells of it on a thread of
   * its own, and so may still do it when the pull has ended: then it is not shown any more.
   */
  private final class Reporter implements ModelListener, AutoCloseable {
    private final Patience waiting;
    private final ProgressBar bar = new ProgressBar(console.err());
    private boolean ended; // guarded by this

    Reporter(Patience waiting) {
      this.waiting = waiting;
    }

    @Override
    public void onProgress(Progress progress) {
      waiting.arrived(progress.doneBytes());
      synchronized (this) {
        if (!ended) {
          show(progress);
        }
      }
    }

    private void show(Progress progress) {
      if (console.json()) {
        console.printJson(
            Map.of(
                "model",
                progress.model(),
                "step",
                progress.step().name(),
                "doneBytes",
                progress.doneBytes(),
                "totalBytes",
                progress.totalBytes(),
                "bytesPerSecond",
                progress.bytesPerSecond(),
                "runnableSegments",
                progress.runnableSegments()));
      } else if (progress.totalBytes() > 0) {
        bar.show("fetching " + progress.model(), progress.doneBytes(), progress.totalBytes());
      }
    }

    @Override
    public void onState(String model, ModelState state) {
      waiting.state(state);
      if (state instanceof ModelState.Paused paused) {
        console.note("waiting: %s", paused.reason());
      }
    }

    /** From now on nothing is shown. */
    synchronized void end() {
      ended = true;
      bar.finish();
    }

    @Override
    public void close() {
      end();
    }
  }
}
