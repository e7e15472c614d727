package dev.insitu.cli;

import dev.insitu.device.Model;
import dev.insitu.device.ModelState;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waiting for pulls. */
final class Pulls {

  private static final long POLL_MILLIS = 250;

  private Pulls() {}

  /**
   * Waits until the pull has ended.
   *
   * @throws CliException if it failed
   */
  static void await(Model model) {
    ModelState state = model.whenDone().join();
    if (state instanceof ModelState.Failed failed) {
      throw new CliException(failed.message());
    }
  }

  /**
   * Waits until the pull has ended or there is no hope.
   *
   * @throws CliException if it failed or patience has ended; the pull goes on until it is closed
   */
  static void await(Model model, Patience patience) throws InterruptedException {
    while (true) {
      try {
        model.whenDone().get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        patience.check();
        continue;
      } catch (ExecutionException e) {
        // await tells of it
      }
      await(model);
      return;
    }
  }
}
