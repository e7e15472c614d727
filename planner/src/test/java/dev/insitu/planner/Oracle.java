package dev.insitu.planner;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.CutProfile;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.Prediction;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.StartingPoint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * All points of a package's grid, each worked out for itself: chunks as sets, the download and the
 * computing played through step by step. Shares no code with what it judges but the ends of the
 * prefixes.
 */
final class Oracle {

  private final Manifest manifest;
  private final Profile profile;
  private final CandidateGrid grid;
  private final Map<String, SubModel> models = new HashMap<>();
  private final Map<List<SegmentSpec>, BitSet> holding = new HashMap<>();

  Oracle(Manifest manifest, Profile profile, CandidateGrid grid) {
    this.manifest = manifest.whole();
    this.profile = profile;
    this.grid = grid;
  }

  /** A point with what it costs; {@code helpedFrom} is the server's first segment, -1 for none. */
  record Point(
      int width,
      int depth,
      boolean head,
      int bits,
      int helpedFrom,
      int prefix,
      Order order,
      boolean fused,
      double accuracy,
      double storage,
      double memory,
      double energy,
      double down,
      double bytes,
      double firstAnswer,
      double arrival,
      double latency,
      double time,
      int leaving) {}

  /** A device's part and the server's. */
  private record Work(
      Manifest view, int depth, boolean head, Optional<CutProfile> cut, int features) {

    List<SegmentSpec> steps() {
      List<SegmentSpec> steps = new ArrayList<>(view.segments().subList(0, depth));
      if (head) {
        steps.add(view.exitAt(depth).orElseThrow().head());
      }
      return steps;
    }

    int bits() {
      return cut.map(some -> some.levels().get(0).features().get(features).bits()).orElse(0);
    }

    double up() {
      return cut.map(some -> some.levels().get(0).features().get(features).bytes()).orElse(0.0);
    }
  }

  List<Point> points(
      Situation situation, StartingPoint start, Calibration calibration, ServerSide server) {
    List<Point> points = new ArrayList<>();
    List<Work> works = works(situation, server);
    for (Work work : works) {
      List<Optional<Work>> helpers = new ArrayList<>(List.of(Optional.empty()));
      works.stream()
          .filter(other -> helps(other, work, start))
          .forEach(other -> helpers.add(Optional.of(other)));
      for (Optional<Work> helper : helpers) {
        double[] accuracy = known(accuracies(work), helper);
        for (int p = 0; p < accuracy.length; p++) {
          for (Order order : Order.values()) {
            for (boolean fused : new boolean[] {false, true}) {
              boolean fusable = work.cut().isEmpty() && !work.head() && work.depth() > 1;
              boolean none = work.depth() == 0 && order != Order.LAYER_MAJOR;
              if (!Double.isNaN(accuracy[p]) && !none && (fusable || !fused)) {
                points.add(
                    new Play(situation, start, calibration, server, work, helper, accuracy)
                        .play(p, order, fused));
              }
            }
          }
        }
      }
    }
    return points;
  }

  /** Only what is known of the helper's answers too. */
  private double[] known(double[] accuracy, Optional<Work> helper) {
    double[] helping = helper.map(this::accuracies).orElse(accuracy);
    for (int p = 0; p < accuracy.length; p++) {
      accuracy[p] =
          Double.isNaN(helping[Math.min(p, helping.length - 1)]) ? Double.NaN : accuracy[p];
    }
    return accuracy;
  }

  /** Whether the server would compute so for a device while another model is on its way to it. */
  private boolean helps(Work helper, Work work, StartingPoint start) {
    if (helper.cut().isEmpty() || work.cut().isPresent() || work.view() != manifest) {
      return false;
    }
    boolean[] runs = new boolean[manifest.segments().size()];
    for (int segment = 0; segment < runs.length; segment++) {
      runs[segment] = hasBases(start.have(), manifest.segments().get(segment));
    }
    int here = 0;
    while (here < runs.length && runs[here]) {
      here++;
    }
    for (ExitSpec exit : manifest.exits()) {
      if (exit.depth() <= here && hasBases(start.have(), exit.head())) {
        return false; // it answers
      }
    }
    int before = helper.depth();
    boolean place = before == here || (here == 0 && before == 1);
    boolean bits = before == 0 ? helper.features() == 0 : helper.bits() == 8;
    return place && bits && before <= work.depth() && here < runs.length;
  }

  private boolean hasBases(SubModel have, SegmentSpec step) {
    return holding(List.of(step)).stream()
        .filter(chunk -> manifest.chunks().get(chunk).group() == 0)
        .allMatch(have::contains);
  }

  private List<Work> works(Situation situation, ServerSide server) {
    List<Work> works = new ArrayList<>();
    int all = manifest.segments().size();
    for (int width = 0; width < manifest.widths().size(); width++) {
      Manifest view = manifest.atWidth(width);
      view.exits()
          .forEach(exit -> works.add(new Work(view, exit.depth(), true, Optional.empty(), 0)));
      works.add(new Work(view, all, false, Optional.empty(), 0));
    }
    boolean known = situation.channel().uplinkBitsPerSecond().isPresent();
    if (server.macsPerSecond() > 0 && known) {
      for (CutProfile cut : profile.cuts()) {
        for (int f = 0; f < cut.levels().get(0).features().size(); f++) {
          works.add(new Work(manifest, cut.before(), false, Optional.of(cut), f));
        }
      }
    }
    return works;
  }

  /** Agreement of each prefix. */
  private double[] accuracies(Work work) {
    int count = work.depth() == 0 ? 1 : grid.index(work.view().width()).prefixes();
    double[] values = new double[count];
    for (int p = 0; p < count; p++) {
      long bytes = model(work, p).bytes();
      values[p] =
          work.cut().isPresent()
              ? Prediction.along(work.cut().get().points(work.features()), false, bytes)[0]
              : profile.predictAgreement(work.view(), work.depth(), bytes).orElse(Double.NaN);
    }
    return values;
  }

  /** The chunks of a part: those of a prefix and of group 0 that hold its tensors, closed. */
  private SubModel model(Work work, int p) {
    String key = work.view().width() + "/" + work.depth() + "/" + work.head() + "/" + p;
    return models.computeIfAbsent(key, any -> closure(work.view(), holding(work.steps()), p));
  }

  /** The chunks that hold some steps' tensors. */
  private BitSet holding(List<SegmentSpec> steps) {
    return holding.computeIfAbsent(steps, this::findHolding);
  }

  private BitSet findHolding(List<SegmentSpec> steps) {
    BitSet tensors = new BitSet();
    steps.forEach(step -> step.tensors().forEach(tensors::set));
    BitSet found = new BitSet();
    for (int chunk = 0; chunk < manifest.chunks().size(); chunk++) {
      for (Block block : manifest.lattice().blocksOf(chunk)) {
        if (tensors.get(block.tensorIndex())) {
          found.set(chunk);
        }
      }
    }
    return found;
  }

  private SubModel closure(Manifest view, BitSet holding, int p) {
    return SubModel.closureOf(view, within(view, holding, p));
  }

  private IntStream within(Manifest view, BitSet holding, int p) {
    int end = grid.index(view.width()).end(p);
    return holding.stream().filter(chunk -> chunk < end || view.chunks().get(chunk).group() == 0);
  }

  private static int leaving(Work work) {
    return work.cut().isEmpty() ? 0 : work.depth() == 0 ? 2 : 1;
  }

  /** One point played through. */
  private final class Play {

    private final Situation situation;
    private final StartingPoint start;
    private final Calibration calibration;
    private final ServerSide server;
    private final Work work;
    private final Optional<Work> helper;
    private final double[] accuracy;
    private final double[] deviceRate; // bytes per second down, up
    private final double roundTrip;

    Play(
        Situation situation,
        StartingPoint start,
        Calibration calibration,
        ServerSide server,
        Work work,
        Optional<Work> helper,
        double[] accuracy) {
      this.situation = situation;
      this.start = start;
      this.calibration = calibration;
      this.server = server;
      this.work = work;
      this.helper = helper;
      this.accuracy = accuracy;
      double keeps = 1 - situation.channel().lossRate().map(Estimate::mean).orElse(0.0);
      this.deviceRate =
          new double[] {
            situation.channel().downlinkBitsPerSecond().orElseThrow().mean() * keeps / 8,
            situation.channel().uplinkBitsPerSecond().map(Estimate::mean).orElse(1.0) * keeps / 8
          };
      this.roundTrip = situation.channel().roundTripSeconds().map(Estimate::mean).orElse(0.0);
    }

    Point play(int p, Order order, boolean fused) {
      SubModel target = model(work, p);
      int starter = p;
      if (order == Order.PLANE_MAJOR) {
        double least = situation.wanted().startShare() * accuracy[p];
        starter =
            IntStream.rangeClosed(0, p).filter(q -> accuracy[q] >= least).findFirst().orElse(p);
      }
      double n = situation.wanted().inferences();
      double manifestBytes = work.depth() == 0 ? 0 : start.manifestBytes();
      double asking = asking(work);
      double alone = firstAnswer(work, starter);
      double assisted = Double.POSITIVE_INFINITY;
      double helped = 0;
      double slow = 0;
      if (helper.isPresent()) {
        assisted = firstAnswer(helper.get(), starter) + calibration.sessionSeconds();
        double each = stepwise(helper.get());
        slow = Math.max(each + calibration.sessionSeconds(), stepwise(work));
        helped = Math.min(n, Math.max(0, alone - asking(helper.get())) / each);
      }
      double first = Math.min(alone, assisted);
      Optional<Work> sooner = assisted < alone ? helper : Optional.empty();
      double missing = target.missingFrom(start.have()).mapToLong(this::size).sum();
      double arrival = asking + missing / deviceRate[0];
      double stepwise = stepwise(work);
      double joined = latency(work, calibration.fusedSpeedup()) + calibration.stepSeconds();
      double ready = fused ? Math.max(arrival, alone) + calibration.fuseSeconds() : alone;
      double refine =
          order == Order.PLANE_MAJOR && n > 1
              ? work.steps().size() * calibration.sessionSeconds()
                  + within(work.view(), holding(work.steps()), p).mapToLong(this::size).sum()
                      * calibration.decodeSecondsPerByte()
              : 0;
      double over = 0;
      if (helper.isPresent() && n > 1) {
        double others = n - 1 - Math.min(n - 1, slow > 0 ? Math.max(0, alone - first) / slow : 0);
        over = Math.min(0.5, others) * (slow - stepwise);
      }
      double time =
          refine
              + over
              + end(
                  n - 1,
                  first,
                  new double[] {alone, ready, Double.POSITIVE_INFINITY},
                  new double[] {slow, stepwise, fused ? joined : stepwise});
      double weights = weights(work.steps());
      double largest =
          work.steps().stream().mapToDouble(step -> weights(List.of(step))).max().orElse(0);
      double beside = order == Order.PLANE_MAJOR ? largest : 0;
      double activations =
          work.steps().stream().mapToDouble(SegmentSpec::activationBytes).max().orElse(0);
      double up = n * work.up() + helped * helper.map(Work::up).orElse(0.0);
      double down = manifestBytes + missing;
      double joules =
          n * macs(work) * situation.device().energy().joulesPerMac().orElse(0)
              + 8 * down * situation.device().energy().joulesPerBitDown().orElse(0)
              + 8 * up * situation.device().energy().joulesPerBitUp().orElse(0);
      return new Point(
          work.view().width(),
          work.depth(),
          work.head(),
          work.bits(),
          sooner.map(Work::depth).orElse(-1),
          p,
          order,
          fused,
          accuracy[p],
          down + weights + beside,
          weights
              + activations
              + beside
              + (fused ? Math.ceil(calibration.fusedWeightCopies() * weights) : 0),
          joules,
          down,
          down + up,
          first,
          arrival,
          fused ? joined : stepwise,
          time,
          helper.or(() -> Optional.of(work)).map(Oracle::leaving).orElseThrow());
    }

    private int size(int chunk) {
      return manifest.chunks().get(chunk).size();
    }

    private double asking(Work work) {
      return work.depth() == 0
          ? roundTrip
          : calibration.setUpRoundTrips() * roundTrip + start.manifestBytes() / deviceRate[0];
    }

    private double macs(Work work) {
      return work.steps().stream().mapToDouble(SegmentSpec::macs).sum();
    }

    private double stepwise(Work work) {
      return latency(work, 1) + work.steps().size() * calibration.stepSeconds() + remote(work);
    }

    private double latency(Work work, double speedup) {
      return macs(work)
          / (situation.device().macsPerSecond().orElseThrow() * calibration.efficiency())
          / speedup;
    }

    private double remote(Work work) {
      return work.cut().isEmpty()
          ? 0
          : work.up() / deviceRate[1]
              + roundTrip
              + server.overheadSeconds()
              + work.cut().get().serverMacs() / server.macsPerSecond();
    }

    /** Chunks come one after another; a step begins when its own are there and the last is done. */
    private double firstAnswer(Work work, int starter) {
      Manifest view = work.view();
      double speed = situation.device().macsPerSecond().orElseThrow() * calibration.efficiency();
      double link = asking(work);
      double processor = link;
      SubModel placed = SubModel.empty(view);
      BitSet decoded = new BitSet();
      List<SegmentSpec> steps = work.steps();
      for (int step = 0; step < steps.size(); step++) {
        SubModel now = closure(view, holding(steps.subList(0, step + 1)), starter);
        for (int chunk : now.missingFrom(placed).toArray()) {
          link += start.have().contains(chunk) ? 0 : size(chunk) / deviceRate[0];
        }
        placed = now;
        double decoding = 0;
        for (int chunk : within(view, holding(steps.subList(step, step + 1)), starter).toArray()) {
          decoding += decoded.get(chunk) ? 0 : size(chunk) * calibration.decodeSecondsPerByte();
          decoded.set(chunk);
        }
        processor =
            Math.max(processor, link)
                + calibration.sessionSeconds()
                + decoding
                + steps.get(step).macs() / speed
                + calibration.stepSeconds();
      }
      return processor + remote(work);
    }

    /** When so many answers are given from a moment on, one after another, each phase its way. */
    private static double end(double count, double from, double[] until, double[] each) {
      double now = from;
      double left = count;
      for (int phase = 0; phase < until.length; phase++) {
        if (until[phase] > now) {
          if (now + left * each[phase] <= until[phase]) {
            return now + left * each[phase];
          }
          left -= (until[phase] - now) / each[phase];
          now = until[phase];
        }
      }
      return now;
    }

    private double weights(List<SegmentSpec> steps) {
      TreeSet<Integer> tensors = new TreeSet<>();
      steps.forEach(step -> tensors.addAll(step.tensors()));
      return tensors.stream().mapToDouble(t -> manifest.tensors().get(t).byteLength()).sum();
    }
  }
}
