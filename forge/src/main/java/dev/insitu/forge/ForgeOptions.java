package dev.insitu.forge;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Names;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.forge.samples.Samples;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * How a package is made.
 *
 * @param name of the model
 * @param version of the package
 * @param samples to measure with; empty packs without a profile, by the weights alone
 * @param maxSegments most segments along the depth, as many if there are cuts enough; empty for up
 *     to ten, one for each 256 KiB of weights, below which a cut costs more than it gains
 * @param bases earlier versions to give differences against, all of their chunks there
 * @param signer signs the manifest's digest; empty leaves the package unsigned
 * @param workDirectory for temporary files of about the package's size; empty uses the target's
 *     directory
 * @param exits heads with which the model can answer early
 * @param parent root that the model was re-trained from; empty if the model is the root itself
 * @param steps finest steps by tensor, as {@link PlaneSteps} states them, for what was trained with
 *     them; other tensors get the usual ones
 */
public record ForgeOptions(
    String name,
    String version,
    Optional<Samples> samples,
    OptionalInt maxSegments,
    List<PackageFile> bases,
    Optional<Function<Digest, Signed>> signer,
    Optional<Path> workDirectory,
    List<ExitHead> exits,
    Optional<Digest> parent,
    Map<String, Float> steps) {

  private static final int MOST_SEGMENTS = 256;

  public ForgeOptions {
    Names.requireModelName(name);
    Names.requireVersion(version);
    Objects.requireNonNull(samples);
    Objects.requireNonNull(signer);
    Objects.requireNonNull(workDirectory);
    bases = List.copyOf(bases);
    exits = List.copyOf(exits);
    Objects.requireNonNull(parent);
    steps = Map.copyOf(steps);
    int most = maxSegments.orElse(1);
    if (most < 1 || most > MOST_SEGMENTS) {
      throw new ForgeException(
          "maxSegments is " + most + "; 1 to " + MOST_SEGMENTS + " are possible.");
    }
    requireBases(bases);
  }

  /** Without exits, of a root. */
  public ForgeOptions(
      String name,
      String version,
      Optional<Samples> samples,
      OptionalInt maxSegments,
      List<PackageFile> bases,
      Optional<Function<Digest, Signed>> signer,
      Optional<Path> workDirectory) {
    this(
        name,
        version,
        samples,
        maxSegments,
        bases,
        signer,
        workDirectory,
        List.of(),
        Optional.empty(),
        Map.of());
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

  /** Without samples, bases, signature or exits. */
  public static ForgeOptions of(String name, String version) {
    return new ForgeOptions(
        name,
        version,
        Optional.empty(),
        OptionalInt.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** Measured with these samples. */
  public ForgeOptions withSamples(Samples some) {
    return new ForgeOptions(
        name,
        version,
        Optional.of(some),
        maxSegments,
        bases,
        signer,
        workDirectory,
        exits,
        parent,
        steps);
  }

  /** With at most so many segments, however small. */
  public ForgeOptions withMaxSegments(int most) {
    return new ForgeOptions(
        name,
        version,
        samples,
        OptionalInt.of(most),
        bases,
        signer,
        workDirectory,
        exits,
        parent,
        steps);
  }

  /** With differences against these earlier versions. */
  public ForgeOptions withBases(List<PackageFile> some) {
    return new ForgeOptions(
        name, version, samples, maxSegments, some, signer, workDirectory, exits, parent, steps);
  }

  /** Signed. */
  public ForgeOptions withSigner(Function<Digest, Signed> some) {
    return new ForgeOptions(
        name,
        version,
        samples,
        maxSegments,
        bases,
        Optional.of(some),
        workDirectory,
        exits,
        parent,
        steps);
  }

  /** With temporary files in this directory. */
  public ForgeOptions withWorkDirectory(Path some) {
    return new ForgeOptions(
        name,
        version,
        samples,
        maxSegments,
        bases,
        signer,
        Optional.of(some),
        exits,
        parent,
        steps);
  }

  /** With these exits. */
  public ForgeOptions withExits(List<ExitHead> some) {
    return new ForgeOptions(
        name, version, samples, maxSegments, bases, signer, workDirectory, some, parent, steps);
  }

  /** For a family that was re-trained from a root, whose float model it has as its reference. */
  public ForgeOptions withParent(Digest root) {
    return new ForgeOptions(
        name,
        version,
        samples,
        maxSegments,
        bases,
        signer,
        workDirectory,
        exits,
        Optional.of(root),
        steps);
  }

  /** With these finest steps. */
  public ForgeOptions withSteps(Map<String, Float> some) {
    return new ForgeOptions(
        name, version, samples, maxSegments, bases, signer, workDirectory, exits, parent, some);
  }
}
