package dev.insitu.forge;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.WidthForm;
import dev.insitu.elastic.WidthTable;
import dev.insitu.elastic.codec.EntropyCoding;
import dev.insitu.forge.samples.Samples;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** How a package is made. Immutable: every {@code with} gives another one. */
public final class ForgeOptions {

  private static final int MOST_SEGMENTS = 256;

  // Written before anybody else sees the object: in the constructors and in changed().
  private final String name;
  private String version;
  private Optional<Samples> samples = Optional.empty();
  private OptionalInt maxSegments = OptionalInt.empty();
  private List<PackageFile> bases = List.of();
  private Optional<Function<Digest, Signed>> signer = Optional.empty();
  private Optional<Path> workDirectory = Optional.empty();
  private List<ExitHead> exits = List.of();
  private Optional<Path> parent = Optional.empty();
  private TrainedWith training = TrainedWith.NOTHING;
  private List<Double> widths = List.of();
  private CutOptions cuts = CutOptions.NONE;
  private boolean latency;
  private Optional<Samples> calibration = Optional.empty();
  private boolean keepsRoot;
  private EntropyCoding entropyCoding = EntropyCoding.SHORTEST;

  private ForgeOptions(String name, String version) {
    this.name = Names.requireModelName(name);
    this.version = Names.requireVersion(version);
  }

  private ForgeOptions(ForgeOptions other) {
    this.name = other.name;
    this.version = other.version;
    this.samples = other.samples;
    this.maxSegments = other.maxSegments;
    this.bases = other.bases;
    this.signer = other.signer;
    this.workDirectory = other.workDirectory;
    this.exits = other.exits;
    this.parent = other.parent;
    this.training = other.training;
    this.widths = other.widths;
    this.cuts = other.cuts;
    this.latency = other.latency;
    this.calibration = other.calibration;
    this.keepsRoot = other.keepsRoot;
    this.entropyCoding = other.entropyCoding;
  }

  private ForgeOptions changed(Consumer<ForgeOptions> change) {
    ForgeOptions copy = new ForgeOptions(this);
    change.accept(copy);
    return copy;
  }

  /** Without samples, bases, signature or exits, of a root. */
  public static ForgeOptions of(String name, String version) {
    return new ForgeOptions(name, version);
  }

  /** Name of the model. */
  public String name() {
    return name;
  }

  /** Version of the package. */
  public String version() {
    return version;
  }

  /** Of another version. */
  public ForgeOptions withVersion(String some) {
    Names.requireVersion(some);
    return changed(copy -> copy.version = some);
  }

  /** Samples to measure with; empty packs without a profile, by the weights alone. */
  public Optional<Samples> samples() {
    return samples;
  }

  /** Measured with these samples. */
  public ForgeOptions withSamples(Samples some) {
    return changed(copy -> copy.samples = Optional.of(some));
  }

  /**
   * Samples on which the package is fitted to its sub-models of few bits, without labels; empty
   * codes by the weights alone. Packages of several widths are not fitted.
   */
  public Optional<Samples> calibration() {
    return calibration;
  }

  /** Fitted on these samples. */
  public ForgeOptions withCalibration(Samples some) {
    return changed(copy -> copy.calibration = Optional.of(some));
  }

  /** Not measured. */
  public ForgeOptions withoutSamples() {
    return changed(copy -> copy.samples = Optional.empty());
  }

  /**
   * Most segments along the depth, as many if there are cuts enough; empty for up to ten, one for
   * each 256 KiB of weights, below which a cut costs more than it gains.
   */
  public OptionalInt maxSegments() {
    return maxSegments;
  }

  /** With at most so many segments, however small. */
  public ForgeOptions withMaxSegments(int most) {
    if (most < 1 || most > MOST_SEGMENTS) {
      throw new ForgeException(
          "maxSegments is " + most + "; 1 to " + MOST_SEGMENTS + " are possible.");
    }
    return changed(copy -> copy.maxSegments = OptionalInt.of(most));
  }

  /** Earlier versions to give differences against, all of their chunks there. */
  public List<PackageFile> bases() {
    return bases;
  }

  /** With differences against these earlier versions. */
  public ForgeOptions withBases(List<PackageFile> some) {
    requireBases(some);
    return changed(copy -> copy.bases = List.copyOf(some));
  }

  /** Signs the manifest's digest; empty leaves the package unsigned. */
  public Optional<Function<Digest, Signed>> signer() {
    return signer;
  }

  /** Signed. */
  public ForgeOptions withSigner(Function<Digest, Signed> some) {
    return changed(copy -> copy.signer = Optional.of(some));
  }

  /** For temporary files of about the package's size; empty uses the target's directory. */
  public Optional<Path> workDirectory() {
    return workDirectory;
  }

  /** With temporary files in this directory. */
  public ForgeOptions withWorkDirectory(Path some) {
    return changed(copy -> copy.workDirectory = Optional.of(some));
  }

  /** Heads with which the model can answer early. */
  public List<ExitHead> exits() {
    return exits;
  }

  /** With these exits. */
  public ForgeOptions withExits(List<ExitHead> some) {
    return changed(copy -> copy.exits = List.copyOf(some));
  }

  /** Where the model is cut for the sake of depth, and what is measured there. */
  public CutOptions cuts() {
    return cuts;
  }

  /** Cut and measured along the depth like this. */
  public ForgeOptions withCuts(CutOptions some) {
    return changed(copy -> copy.cuts = some);
  }

  /**
   * The ONNX file of the root that the model was re-trained from, whose answers its sub-models are
   * to give; empty if the model is the root itself.
   */
  public Optional<Path> parent() {
    return parent;
  }

  /** For a family that was re-trained from a root, whose float model it has as its reference. */
  public ForgeOptions withParent(Path onnx) {
    return changed(copy -> copy.parent = Optional.of(onnx));
  }

  /** Whether the package of a re-trained family holds the root too. */
  public boolean keepsRoot() {
    return keepsRoot;
  }

  /** With or without the root that {@link #withParent} names, coded against the family. */
  public ForgeOptions withRootKept(boolean kept) {
    return changed(copy -> copy.keepsRoot = kept);
  }

  /** What the model's sub-models were trained with. */
  public TrainedWith training() {
    return training;
  }

  /** With these finest steps by weight, as {@link PlaneSteps} states them. */
  public ForgeOptions withSteps(Map<String, Float> some) {
    return withTraining(new TrainedWith(some, training.orders()));
  }

  /** Packed as it was trained. */
  public ForgeOptions withTraining(TrainedWith some) {
    return changed(copy -> copy.training = some);
  }

  /** Shares of the channels of narrower sub-models, ascending, above 0 and below 1. */
  public List<Double> widths() {
    return widths;
  }

  /** With narrower sub-models of these shares of the channels besides the whole. */
  public ForgeOptions withWidths(List<Double> shares) {
    List<Double> ascending = shares.stream().sorted().toList();
    requireWidths(ascending);
    return changed(copy -> copy.widths = ascending);
  }

  /** Whether the time that models take on this machine is measured too. */
  public boolean latency() {
    return latency;
  }

  /** With or without that time: with it no two packages are the same bytes. */
  public ForgeOptions withLatency(boolean measured) {
    return changed(copy -> copy.latency = measured);
  }

  /** Which streams of chunks are entropy coded; differences and kept roots always are. */
  public EntropyCoding entropyCoding() {
    return entropyCoding;
  }

  /** Coded for links of some rate. */
  public ForgeOptions withEntropyCoding(EntropyCoding some) {
    return changed(copy -> copy.entropyCoding = some);
  }

  private static void requireWidths(List<Double> widths) {
    if (widths.size() > WidthTable.MAX_FORMS) {
      throw new ForgeException(
          widths.size()
              + " widths were asked for; a package has at most "
              + WidthTable.MAX_FORMS
              + " besides the whole.");
    }
    int before = 0;
    for (double width : widths) {
      int permille = width > 0 && width < 1 ? WidthPlan.permille(width) : 0;
      if (permille <= before || permille >= WidthForm.WHOLE_PERMILLE) {
        throw new ForgeException(
            "A width of "
                + width
                + " was asked for among "
                + widths
                + "; widths ascend, above 0 and below 1, and differ by a thousandth at least.");
      }
      before = permille;
    }
  }

  private static void requireBases(List<PackageFile> bases) {
    if (bases.size() > Manifest.MAX_DIFFERENCES) {
      throw new ForgeException(
          "Differences against "
              + bases.size()
              + " versions were asked for; a package holds at most "
              + Manifest.MAX_DIFFERENCES
              + ".");
    }
    Set<Digest> digests = new HashSet<>();
    for (PackageFile base : bases) {
      if (!digests.add(base.digest())) {
        throw new ForgeException(base.path() + " is the same version as another base.");
      }
      int chunks = base.manifest().chunks().size();
      if (base.chunksPresent() < chunks) {
        throw new ForgeException(
            base.path()
                + " holds only "
                + base.chunksPresent()
                + " of its "
                + chunks
                + " chunks.\nMaybe fetch it whole: differences are against whole versions.");
      }
    }
  }
}
