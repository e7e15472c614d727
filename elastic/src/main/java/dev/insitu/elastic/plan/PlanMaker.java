package dev.insitu.elastic.plan;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.plan.Plan.Content;
import dev.insitu.elastic.plan.Plan.Expected;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Plan.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Turns wishes into a plan. Pure. */
public final class PlanMaker {

  private final Manifest manifest;
  private final Digest digest;
  private final Profile profile;
  private final ManifestSizes sizes;

  /** What the manifest costs in each form, and the earlier versions at hand. */
  public interface ManifestSizes {

    /** Bytes of the whole form. */
    long whole();

    /** Bytes of the patch against a manifest, or empty if that one is not at hand. */
    OptionalLong patch(Digest base);

    /** An earlier version's manifest, if it is at hand. */
    Optional<Manifest> manifest(Digest base);
  }

  /**
   * No earlier version is at hand.
   *
   * @param whole bytes of the manifest's whole form
   */
  public record NoOtherVersions(long whole) implements ManifestSizes {

    @Override
    public OptionalLong patch(Digest base) {
      return OptionalLong.empty();
    }

    @Override
    public Optional<Manifest> manifest(Digest base) {
      return Optional.empty();
    }
  }

  /**
   * @param manifest the version that is asked for
   * @param digest of that manifest
   * @param profile what its sub-models were measured to be worth
   * @param sizes what the manifest costs
   */
  public PlanMaker(Manifest manifest, Digest digest, Profile profile, ManifestSizes sizes) {
    this.manifest = manifest;
    this.digest = digest;
    this.profile = profile;
    this.sizes = sizes;
  }

  /**
   * The largest sub-model within the wishes' limits.
   *
   * @throws ElasticException INVALID if nothing within the limits can run
   */
  public SubModel choose(Wishes wishes) {
    return at(wishes).chooseHere(wishes);
  }

  /**
   * The same package at the width that is wished for.
   *
   * @throws ElasticException INVALID if it has no such width
   */
  private PlanMaker at(Wishes wishes) {
    Manifest view = widthOf(manifest, wishes);
    return view == manifest ? this : new PlanMaker(view, digest, profile, sizes);
  }

  /**
   * The package at the width that is wished for: the whole if nothing is said.
   *
   * @throws ElasticException INVALID if it has no such width
   */
  public static Manifest widthOf(Manifest manifest, Wishes wishes) {
    return wishes.width().isPresent()
        ? manifest.atShare(wishes.width().getAsDouble())
        : manifest.whole();
  }

  private SubModel chooseHere(Wishes wishes) {
    return new Chooser(manifest, wishes, start(wishes)).choose();
  }

  /**
   * A plan for the wishes.
   *
   * @throws ElasticException INVALID if nothing within the limits can run
   */
  public Plan plan(Wishes wishes) {
    return at(wishes).planHere(wishes);
  }

  private Plan planHere(Wishes wishes) {
    StartingPoint start = start(wishes);
    Chooser chooser = new Chooser(manifest, wishes, start);
    Optional<VersionDifference> difference =
        start.difference().filter(some -> chooser.allows(some.bytes()));
    if (difference.isPresent() && !chooser.canChoose()) {
      return difference(start, difference.get(), "nothing else within the limits runs", List.of());
    }
    Plan plan = chunks(wishes, start, chooser.choose());
    if (difference.isPresent() && difference.get().bytes() < plan.chunkBytes()) {
      String why = difference.get().bytes() + " bytes instead of " + plan.chunkBytes();
      return difference(start, difference.get(), why, plan.refused());
    }
    return plan;
  }

  private StartingPoint start(Wishes wishes) {
    return StartingPoint.of(manifest, digest, sizes, wishes.held());
  }

  private Plan chunks(Wishes wishes, StartingPoint start, SubModel target) {
    Starter starter = new Starter(manifest, profile, wishes, target);
    List<Integer> order = starter.missingFrom(start.have());
    int starterChunks = order.size();
    long starterBytes = bytesOf(order);
    target.missingFrom(start.have().union(starter.chunks())).forEach(order::add);
    Optional<Digest> base = start.form() == ManifestForm.PATCH ? start.base() : Optional.empty();
    List<Range> ranges = Range.of(order.stream().mapToInt(Integer::intValue));
    return new Plan(
        manifest.name(),
        manifest.header().version(),
        new Content(digest, start.form(), base, false, ranges),
        start.manifestBytes(),
        bytesOf(order),
        starterChunks,
        starterBytes,
        expected(Chooser.depth(manifest, wishes), starter.chunks(), target),
        reason(wishes, target, start.have()),
        refused(wishes, target));
  }

  private Plan difference(
      StartingPoint start, VersionDifference difference, String why, List<Refused> refused) {
    return new Plan(
        manifest.name(),
        manifest.header().version(),
        new Content(digest, start.form(), start.base(), true, List.of()),
        start.manifestBytes(),
        difference.bytes(),
        difference.chunks().size(),
        difference.bytes(),
        new Expected(OptionalDouble.of(1), OptionalDouble.of(1), OptionalDouble.empty()),
        "the whole new version as a difference against the held one: " + why,
        refused);
  }

  private long bytesOf(List<Integer> chunks) {
    return chunks.stream().mapToLong(i -> manifest.chunks().get(i).size()).sum();
  }

  private Expected expected(int depth, SubModel starter, SubModel target) {
    boolean root =
        depth == manifest.segments().size()
            && manifest.isWhole()
            && target.includes(SubModel.of(manifest, depth, manifest.losslessGroup()));
    Optional<Profile.Point> start = profile.best(starter, depth);
    Optional<Profile.Point> end = profile.best(target, depth);
    return new Expected(
        toDouble(start.map(Profile.Point::agreement)),
        root ? OptionalDouble.of(1) : toDouble(end.map(Profile.Point::agreement)),
        end.map(Profile.Point::accuracy).orElse(OptionalDouble.empty()));
  }

  private static OptionalDouble toDouble(Optional<Double> value) {
    return value.map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }

  private static String reason(Wishes wishes, SubModel target, SubModel have) {
    if (have.includes(target)) {
      return "the device already holds it";
    }
    List<String> limits = new ArrayList<>();
    wishes.bits().ifPresent(bits -> limits.add(format("at most %.4g bits per weight", bits)));
    wishes.width().ifPresent(share -> limits.add(format("%.4g of the channels", share)));
    wishes.depth().ifPresent(depth -> limits.add(depthReason(target.manifest(), depth)));
    wishes.maxBytes().ifPresent(bytes -> limits.add("at most " + bytes + " bytes"));
    wishes
        .deadline()
        .ifPresent(
            time -> limits.add(format("within %.3g s at the given rate", time.toNanos() * 1e-9)));
    String what =
        limits.isEmpty()
            ? "the whole reference was asked for"
            : "the largest sub-model with " + String.join(", ", limits);
    return have.size() == 0 ? what : what + "; only what is missing is sent";
  }

  private static String depthReason(Manifest manifest, int depth) {
    String first = "the first " + depth + " segments";
    return manifest.exitAt(depth).isPresent() ? first + " and the exit after them" : first;
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }

  private List<Refused> refused(Wishes wishes, SubModel target) {
    SubModel lossless = Chooser.lossless(manifest, wishes);
    return target.includes(lossless)
        ? List.of()
        : List.of(
            new Refused(
                "the lossless sub-model",
                lossless.bytes() + " bytes; the limits leave " + target.bytes()));
  }
}
