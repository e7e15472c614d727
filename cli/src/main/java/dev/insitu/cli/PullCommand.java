package dev.insitu.cli;

import dev.insitu.device.Insitu;
import dev.insitu.device.Model;
import dev.insitu.device.ModelListener;
import dev.insitu.device.ModelState;
import dev.insitu.device.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
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
      "  insitu pull resnet                # the rest of it"
    })
final class PullCommand implements Callable<Integer> {

  @Mixin private Console console;
  @Mixin private DeviceMixin device;
  @Mixin private WishOptions wishes;

  @Parameters(paramLabel = "NAME", description = "The model.")
  private String name;

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
    try (ProgressBar bar = new ProgressBar(console.err());
        Insitu insitu = device.open(new Reporter(bar, waiting))) {
      Model model = insitu.model(name).pull(wishes.wishes());
      Pulls.await(model, waiting);
      bar.finish();
      Progress progress = model.progress();
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("model", name);
      object.put("version", model.version().orElse(""));
      object.put("state", progress.state().getClass().getSimpleName());
      object.put("bytes", progress.totalBytes());
      object.put("seconds", (System.nanoTime() - began) * 1e-9);
      console.print(
          object,
          String.format(
              Locale.ROOT,
              "%s:%s  %s fetched in %.1f s",
              name,
              model.version().orElse(""),
              Sizes.format(progress.totalBytes()),
              (System.nanoTime() - began) * 1e-9));
      return 0;
    }
  }

  /** Shows progress, and why nothing moves when nothing moves. */
  private final class Reporter implements ModelListener {
    private final ProgressBar bar;
    private final Patience waiting;

    Reporter(ProgressBar bar, Patience waiting) {
      this.bar = bar;
      this.waiting = waiting;
    }

    @Override
    public void onProgress(Progress progress) {
      waiting.arrived(progress.doneBytes());
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
      } else if (state instanceof ModelState.Failed failed) {
        console.note("%s", failed.message());
      }
    }
  }
}
