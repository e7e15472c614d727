package dev.insitu.elastic.plan;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What sub-models of a package were measured to be worth: points along the canonical order,
 * ascending in chunks.
 *
 * @param samples number of samples behind every figure; 0 if nothing was measured
 * @param points measured prefixes of the model in its full depth
 * @param exits measured prefixes of the models that end at exits
 * @param early policies of answering early, each with what it costs and saves
 * @param widths what narrower models are worth; all else is of the whole width
 * @param costs what models cost by depth and width; none in profiles of earlier versions
 * @param cuts what a device and a server that share the work send, compute and answer
 * @param rootAgreement how well the whole family answers like the root that it keeps; all else is
 *     compared with the package's own reference
 */
public record Profile(
    int samples,
    List<Point> points,
    List<Exit> exits,
    List<Early> early,
    List<Width> widths,
    List<ModelCost> costs,
    List<CutProfile> cuts,
    Optional<RootAgreement> rootAgreement) {

  private static final double SAME_SHARE = 0.0005; // widths are told apart by thousandths

  public Profile {
    points = List.copyOf(points);
    exits = List.copyOf(exits);
    early = List.copyOf(early);
    widths = List.copyOf(widths);
    costs = List.copyOf(costs);
    cuts = List.copyOf(cuts);
    Objects.requireNonNull(rootAgreement);
    if (samples < 0) {
      throw ElasticException.invalid("A profile of " + samples + " samples is none.");
    }
    requireAscending(points);
  }

  /** Of a model of one width whose costs are unknown. */
  public Profile(int samples, List<Point> points, List<Exit> exits, List<Early> early) {
    this(samples, points, exits, early, List.of(), List.of(), List.of(), Optional.empty());
  }

  /** Of a model without exits. */
  public Profile(int samples, List<Point> points) {
    this(samples, points, List.of(), List.of());
  }

  /** The same with what cuts are worth. */
  public Profile withCuts(List<CutProfile> measured) {
    return new Profile(samples, points, exits, early, widths, costs, measured, rootAgreement);
  }

  /** A profile without measurements. */
  public static Profile unmeasured() {
    return new Profile(0, List.of());
  }

  /** With what narrower models are worth. */
  public Profile withWidths(List<Width> narrower) {
    return new Profile(samples, points, exits, early, narrower, costs, cuts, rootAgreement);
  }

  /** With what models cost. */
  public Profile withCosts(List<ModelCost> some) {
    return new Profile(samples, points, exits, early, widths, some, cuts, rootAgreement);
  }

  /** With how well the whole family answers like the root that it keeps. */
  public Profile withRootAgreement(Optional<RootAgreement> measured) {
    return new Profile(samples, points, exits, early, widths, costs, cuts, measured);
  }

  /**
   * How well a whole family answers like the root that it comes from.
   *
   * @param samples behind the figure
   * @param agreement as {@link Point#agreement}
   */
  public record RootAgreement(int samples, double agreement) {

    public RootAgreement {
      if (samples < 1) {
        throw ElasticException.invalid(
            "The agreement with the root was measured on " + samples + " samples.");
      }
      requireShare("agreement", agreement);
    }
  }

  static void requireAscending(List<Point> points) {
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i).chunks() < points.get(i - 1).chunks()) {
        throw ElasticException.invalid(
            "The profile's point " + i + " has fewer chunks than the point before it.");
      }
    }
  }

  /**
   * How precise weights are in the mean.
   *
   * @param bytes of the chunks that hold them
   * @return 8 x bytes / weights, bit/weight; 0 for a model without weights that could be coarser
   */
  public static double bitsPerWeight(long bytes, long weights) {
    return weights == 0 ? 0 : 8.0 * bytes / weights;
  }

  /**
   * One measured prefix of the canonical order.
   *
   * @param chunks how many chunks
   * @param bytes of those of them that the model uses
   * @param bitsPerWeight of {@link #bitsPerWeight}
   * @param agreement share of samples answered as the root answers; for outputs without classes 1
   *     minus the relative error, at least 0
   * @param accuracy share of labelled samples answered rightly; empty without labels
   */
  public record Point(
      int chunks, long bytes, double bitsPerWeight, double agreement, OptionalDouble accuracy) {

    public Point {
      if (chunks < 0 || bytes < 0 || !(bitsPerWeight >= 0 && bitsPerWeight < 1e15)) {
        throw ElasticException.invalid(
            "A measured point has "
                + chunks
                + " chunks, "
                + bytes
                + " bytes and "
                + bitsPerWeight
                + " bits per weight.");
      }
      requireShare("agreement", agreement);
      accuracy.ifPresent(share -> requireShare("accuracy", share));
    }
  }

  /**
   * What the model that ends at an exit is worth.
   *
   * @param after the segment before the exit
   * @param macsShare multiply-accumulates of the segments up to there and the head as a share of
   *     the whole model's; empty if those are unknown
   * @param points measured prefixes; bytes and bits are those of the chunks that this model uses
   */
  public record Exit(int after, OptionalDouble macsShare, List<Point> points) {

    public Exit {
      Objects.requireNonNull(macsShare);
      points = List.copyOf(points);
      if (after < 0) {
        throw ElasticException.invalid("An exit was measured after segment " + after + ".");
      }
      macsShare.ifPresent(share -> requirePositive("macsShare", share));
      requireAscending(points);
    }

    /** How many segments run before the head. */
    public int depth() {
      return after + 1;
    }
  }

  /**
   * What a narrower model is worth.
   *
   * @param share of the channels
   * @param macsShare multiply-accumulates in full depth as a share of the whole width's; empty if
   *     those are unknown
   * @param points measured prefixes in full depth; bytes and bits are those of the chunks that this
   *     width uses
   * @param exits measured prefixes of the models that end at exits
   */
  public record Width(
      double share, OptionalDouble macsShare, List<Point> points, List<Exit> exits) {

    public Width {
      Objects.requireNonNull(macsShare);
      points = List.copyOf(points);
      exits = List.copyOf(exits);
      requireShare("share", share);
      macsShare.ifPresent(some -> requirePositive("macsShare", some));
      requireAscending(points);
    }
  }

  /**
   * A policy of answering early, chosen on the samples with all chunks there.
   *
   * @param budget the share of right answers that may be lost
   * @param policy a threshold for each exit
   * @param macsShare mean multiply-accumulates of an answer as a share of the whole model's, the
   *     heads that were asked included
   * @param loss the share of right answers that was lost on the samples; negative if exits were
   *     better
   */
  public record Early(double budget, ExitPolicy policy, double macsShare, double loss) {

    public Early {
      requireShare("budget", budget);
      Objects.requireNonNull(policy);
      requirePositive("macsShare", macsShare);
      requireShare("loss", Math.abs(loss));
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value >= 0 && value < 1e15)) {
      throw ElasticException.invalid("'" + name + "' is " + value + "; it must be positive.");
    }
  }

  static void requireShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw ElasticException.invalid("'" + name + "' is " + share + "; it must be 0 to 1.");
    }
  }

  /** What was measured of the model that ends at the exit after a segment. */
  public Optional<Exit> exitAfter(int segment) {
    return exits.stream().filter(exit -> exit.after() == segment).findFirst();
  }

  /** What was measured of the width that a manifest is looked at. */
  public Optional<Width> width(Manifest manifest) {
    return manifest.isWhole()
        ? Optional.of(new Width(1, OptionalDouble.of(1), points, exits))
        : widths.stream()
            .filter(width -> Math.abs(width.share() - manifest.share()) < SAME_SHARE)
            .findFirst();
  }

  /** The policy with the largest budget within the given one. */
  public Optional<Early> earlyWithin(double budget) {
    return early.stream()
        .filter(some -> some.budget() <= budget)
        .reduce((a, b) -> b.budget() >= a.budget() ? b : a);
  }

  /**
   * The smallest measured prefix that, with all larger ones, agrees at least so well with the root.
   */
  public Optional<Point> firstReaching(double agreement) {
    return firstReaching(points, agreement);
  }

  private static Optional<Point> firstReaching(List<Point> points, double agreement) {
    Optional<Point> found = Optional.empty();
    for (int i = points.size() - 1; i >= 0 && points.get(i).agreement() >= agreement; i--) {
      found = Optional.of(points.get(i));
    }
    return found;
  }

  /**
   * The prefix with which inference may begin at a depth. At an exit, or of a narrower model, the
   * agreement is asked as a share of what it agrees when all has arrived: it never answers like the
   * whole.
   */
  Optional<Point> firstReaching(double agreement, Manifest manifest, int depth) {
    List<Point> of = points(manifest, depth);
    boolean root = manifest.isWhole() && depth == manifest.segments().size();
    if (root || of.isEmpty()) {
      return firstReaching(of, agreement);
    }
    return firstReaching(of, agreement * of.get(of.size() - 1).agreement());
  }

  /** The largest measured prefix inside the sub-model, of the deepest model in it that answers. */
  public Optional<Point> best(SubModel model) {
    return best(model, model.answeringDepth());
  }

  /**
   * The largest measured prefix of the model of a depth inside the sub-model.
   *
   * @param depth how many segments run before the answer
   */
  public Optional<Point> best(SubModel model, int depth) {
    List<Point> of = points(model.manifest(), depth);
    if (of.isEmpty()) {
      return Optional.empty();
    }
    SubModel used = SubModel.of(model.manifest(), depth, model.manifest().losslessGroup());
    int prefix = 0;
    while (prefix < model.manifest().chunks().size()
        && (model.contains(prefix) || !used.contains(prefix))) {
      prefix++;
    }
    Optional<Point> found = Optional.empty();
    for (Point point : of) {
      if (point.chunks() <= prefix) {
        found = Optional.of(point);
      }
    }
    return found;
  }

  /**
   * What part of a model is worth, predicted between measured points.
   *
   * @param manifest at the model's width
   * @param depth segments before the answer
   * @param bytes of the chunks that the model uses
   * @return agreement; empty if nothing of that model was measured, or too little has arrived
   */
  public OptionalDouble predictAgreement(Manifest manifest, int depth, long bytes) {
    return Prediction.agreement(points(manifest, depth), bytes);
  }

  /** As {@link #predictAgreement}, the share of labelled samples answered rightly. */
  public OptionalDouble predictAccuracy(Manifest manifest, int depth, long bytes) {
    return Prediction.accuracy(points(manifest, depth), bytes);
  }

  /**
   * What was measured of a model.
   *
   * @param manifest at the model's width
   * @param depth segments before the answer
   */
  public List<Point> points(Manifest manifest, int depth) {
    Optional<Width> width = width(manifest);
    return depth == manifest.segments().size()
        ? width.map(Width::points).orElse(List.of())
        : width.stream()
            .flatMap(some -> some.exits().stream())
            .filter(exit -> exit.after() == depth - 1)
            .findFirst()
            .map(Exit::points)
            .orElse(List.of());
  }
}
