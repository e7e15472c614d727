package dev.insitu.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * One line on standard error that shows how far a long step is, with the time left; plain lines
 * where there is no terminal.
 */
final class ProgressBar implements AutoCloseable {

  private static final int WIDTH = 28;
  private static final long REDRAW_NANOS = 100_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private String step = "";
  private long started = System.nanoTime();
  private long drawn;
  private long doneBefore;

  ProgressBar(PrintWriter out) {
    this.out = out;
    this.terminal = Console.onTerminal();
  }

  /** Shows that of {@code total} units of a step {@code done} are done. */
  void show(String name, long done, long total) {
    show(name, done, total, Optional.empty());
  }

  /**
   * Shows that of {@code total} units of a step {@code done} are done.
   *
   * @param all time until the last step is done, as far as that is known
   */
  synchronized void show(String name, long done, long total, Optional<Duration> all) {
    long now = System.nanoTime();
    if (!name.equals(step)) {
      finishLine();
      step = name;
      started = now;
      drawn = 0;
      doneBefore = done; // what an earlier process did says nothing of the speed
      if (!terminal) {
        out.println(name + " …" + all.map(ProgressBar::inAll).orElse(""));
        out.flush();
      }
    }
    if (terminal && (now - drawn >= REDRAW_NANOS || done >= total)) {
      drawn = now;
      out.print(
          "\r"
              + line(name, doneBefore, done, total, Duration.ofNanos(now - started))
              + all.map(ProgressBar::inAll).orElse("")
              + "\u001b[K");
      out.flush();
    }
  }

  private static String inAll(Duration left) {
    return String.format(
        Locale.ROOT, "  (%d h %02d min left in all)", left.toHours(), left.toMinutesPart());
  }

  static String line(String name, long before, long done, long total, Duration elapsed) {
    double share = total <= 0 ? 0 : Math.clamp((double) done / total, 0, 1);
    int full = (int) (share * WIDTH);
    String bar = "█".repeat(full) + "░".repeat(WIDTH - full);
    double left =
        done > before ? elapsed.toMillis() / 1000.0 * (total - done) / (done - before) : Double.NaN;
    String time =
        share >= 1
            ? String.format(Locale.ROOT, "%.1f s", elapsed.toMillis() / 1000.0)
            : Double.isNaN(left) ? "" : String.format(Locale.ROOT, "%.0f s left", left);
    return String.format(Locale.ROOT, "%-22s %s %3.0f %%  %s", name, bar, 100 * share, time);
  }

  private void finishLine() {
    if (terminal && !step.isEmpty()) {
      out.println();
      out.flush();
    }
  }

  /** Ends the line, so that what is printed next begins a new one. */
  synchronized void finish() {
    finishLine();
    step = "";
  }

  @Override
  public void close() {
    finish();
  }
}
