package dev.insitu.forge;

import dev.insitu.elastic.Manifest;
import dev.insitu.forge.levels.LevelForge;
import dev.insitu.forge.levels.StatedValues;
import dev.insitu.forge.levels.Trial;
import java.io.IOException;
import java.util.Map;

/**
 * Looks for the form in which a package's sub-models of few bits are nearest to the root, one
 * choice after the other; each stays only if it helps on samples that it was not made with.
 */
final class FormSearch {

  private final Coder coder;
  private final LevelForge levels;
  private final ForgeProgress progress;
  private Candidate best;

  /**
   * A package but for its differences and profile.
   *
   * @param manifest with its chunks in canonical order
   */
  record Coded(Topology topology, Manifest manifest) {}

  /** Codes all weights. */
  @FunctionalInterface
  interface Coder {
    Coded code(Form form) throws IOException;
  }

  /** A form, what comes of it, and how good that is. */
  private record Candidate(Form form, Coded coded, Trial trial) {}

  private FormSearch(Coded plain, Coder coder, LevelForge levels, ForgeProgress progress)
      throws IOException {
    this.coder = coder;
    this.levels = levels;
    this.progress = progress;
    this.best = new Candidate(Form.PLAIN, plain, levels.trial(plain.manifest()));
  }

  /**
   * The package in the best form that was found.
   *
   * @param plain it in {@link Form#PLAIN}
   */
  static Coded best(Coded plain, Coder coder, LevelForge levels, ForgeProgress progress)
      throws IOException {
    FormSearch search = new FormSearch(plain, coder, levels, progress);
    search.run();
    return search.best.coded();
  }

  private void run() throws IOException {
    tryOut(best.form().keepingPower());
    Map<Integer, Double> measured = levels.sensitivities(progress);
    if (!measured.isEmpty()) {
      tryOut(best.form().withSensitivities(measured));
    }
    StatedValues stated =
        levels.values(
            best.coded().manifest(),
            done -> progress.update("calibrating", done, WeightCoding.LEVELS + 1L));
    if (!stated.isEmpty()) {
      tryOut(best.form().withStated(stated));
    }
  }

  private void tryOut(Form form) throws IOException {
    Coded coded = coder.code(form);
    Trial trial = levels.trial(coded.manifest());
    if (trial.betterThan(best.trial())) {
      best = new Candidate(form, coded, trial);
    }
  }
}
