package dev.insitu.cli;

import dev.insitu.device.Model;
import dev.insitu.device.ModelState;

/** Waiting for pulls. */
final class Pulls {

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
}
