package dev.insitu.cli;

import dev.insitu.device.Progress;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * One line for each device, drawn anew several times a second on a terminal, every two seconds
 * elsewhere.
 */
final class DemoScreen {

  private static final int WIDTH = 32;
  private static final long TERMINAL_PAUSE_MILLIS = 200;
  private static final long PLAIN_PAUSE_MILLIS = 2000;

  private final PrintWriter out;
  private final boolean terminal = Console.onTerminal();
  private boolean drawn;

  DemoScreen(PrintWriter out) {
    this.out = out;
  }

  /** Draws until all devices are done. */
  void watch(List<DemoDevice> devices, String measure) throws InterruptedException {
    while (!devices.stream().allMatch(DemoDevice::done)) {
      draw(devices, measure);
      long until =
          System.nanoTime() + 1_000_000 * (terminal ? TERMINAL_PAUSE_MILLIS : PLAIN_PAUSE_MILLIS);
      while (System.nanoTime() < until && !devices.stream().allMatch(DemoDevice::done)) {
        Thread.sleep(20);
      }
    }
    draw(devices, measure);
  }

  private void draw(List<DemoDevice> devices, String measure) {
    if (terminal && drawn) {
      out.print("\u001b[" + devices.size() + "A");
    }
    for (DemoDevice device : devices) {
      out.print(line(device.label(), device.progress(), device.seen(), measure));
      out.print(terminal ? "\u001b[K\n" : "\n");
    }
    if (!terminal && devices.stream().anyMatch(device -> !device.done())) {
      out.println();
    }
    out.flush();
    drawn = true;
  }

  static String line(String label, Progress progress, DemoDevice.Seen seen, String measure) {
    int full = (int) (progress.fraction() * WIDTH);
    String bar = "█".repeat(full) + "░".repeat(WIDTH - full);
    String first =
        seen.firstAnswer().isPresent()
            ? String.format(Locale.ROOT, "first answer %5.2f s", seen.firstAnswer().getAsDouble())
            : "";
    String score =
        seen.score().isPresent()
            ? String.format(Locale.ROOT, "%s %5.1f %%", measure, 100 * seen.score().getAsDouble())
            : "";
    return String.format(
        Locale.ROOT,
        "  %-12s %s %3.0f %%  %-20s  %s",
        label,
        bar,
        100 * progress.fraction(),
        first,
        score);
  }
}
