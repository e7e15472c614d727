package dev.insitu.lab.fig3;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Accuracy against the size of sub-models, the in-situ downloading paper's figure 3 (arXiv
 * 2210.03555) with links that make no errors: the techniques by themselves and all of them in one
 * package, each as the root is, re-trained together, and re-trained for each size alone.
 *
 * <p>Everything that took time is kept in the folder: a second start does what is missing.
 */
public final class Fig3 {

  private static final String ROOT = "root";

  private final Settings settings;
  private final Listener listener;

  /**
   * What came out.
   *
   * @param points all that was measured, here or before
   * @param csv the points as a table
   * @param picture the points drawn
   * @param kept packages and points from which this can be drawn again
   */
  public record Result(List<Point> points, Path csv, Path picture, Path kept) {

    public Result {
      points = List.copyOf(points);
    }
  }

  public Fig3(Settings settings, Listener listener) {
    this.settings = settings;
    this.listener = listener;
  }

  /**
   * Does what is missing and draws.
   *
   * @throws dev.insitu.lab.LabException if root, pictures or folder do not fit
   */
  public Result run() throws IOException {
    Bench bench = Bench.open(settings);
    List<Job> jobs = new ArrayList<>();
    jobs.add(new Job("measuring the root", 0.25, told -> root(bench)));
    if (settings.packages().isPresent()) {
      jobs.addAll(again(bench, Kept.open(settings.packages().get())));
    } else {
      jobs.addAll(new BitCurves(bench).jobs());
      jobs.addAll(new IntegratedCurves(bench).jobs());
      jobs.addAll(new WidthCurves(bench).jobs());
      jobs.addAll(new DepthCurves(bench).jobs());
      jobs.addAll(new MagnitudeCurves(bench).jobs());
    }
    new Jobs(listener, System::nanoTime).run(jobs);
    return draw(bench);
  }

  /** What can be measured without training, and the rest as it was measured. */
  private static List<Job> again(Bench bench, Kept kept) {
    List<Job> jobs = new ArrayList<>();
    jobs.add(new BitCurves(bench).untrained());
    jobs.add(new WidthCurves(bench).untrained());
    jobs.addAll(new MagnitudeCurves(bench).untrained());
    List<Point> points = kept.points();
    jobs.add(
        new Job(
            "measuring what was kept",
            3,
            told -> {
              for (int i = 0; i < points.size(); i++) {
                kept.add(points.get(i), bench);
                told.update(i + 1, points.size());
              }
            }));
    return jobs;
  }

  /** One end of three curves. */
  private static void root(Bench bench) throws IOException {
    Path root = bench.settings().root();
    bench.measureFloats(Technique.DEPTH, Retraining.NONE, ROOT, root);
    for (Point point : bench.points()) {
      if (point.model().equals(ROOT)) {
        bench.add(point.of(Technique.WIDTH));
        bench.add(point.of(Technique.MAGNITUDE));
      }
    }
  }

  private Result draw(Bench bench) throws IOException {
    Path picture = settings.out().resolve("fig3.png");
    Fig3Chart.of(bench.points()).write(picture);
    return new Result(
        bench.points(), settings.out().resolve("points.csv"), picture, Kept.write(bench));
  }
}
