package dev.insitu.forge;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.forge.samples.Samples;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a package is made.
 *
 * @param name of the model
 * @param version of the package
 * @param samples to measure with; empty packs without a profile, by the weights alone
 * @param maxSegments most segments along the depth
 * @param bases earlier versions to give differences against
 * @param signer signs the manifest's digest; empty leaves the package unsigned
 * @param workDirectory for temporary files of about the package's size; empty uses the target's directory
 */
public record ForgeOptions(
    String name,
    String version,
    Optional<Samples> samples,
    int maxSegments,
    List<PackageFile> bases,
    Optional<Function<dev.insitu.elastic.Digest, Signed>> signer,
    Optional<Path> workDirectory) {

  /** Segments unless said otherwise. */
  public static final int DEFAULT_SEGMENTS = 10;

  public ForgeOptions {
    dev.insitu.elastic.Names.requireModelName(name);
    dev.insitu.elastic.Names.requireVersion(version);
    Objects.requireNonNull(samples);
    bases = List.copyOf(bases);
    if (maxSegments < 1 || maxSegments > 256) {
      throw new ForgeException("maxSegments is " + maxSegments + "; 1 to 256 are possible.");
    }
  }

  /** Without samples, bases or signature. */
  public static ForgeOptions of(String name, String version) {
    return new ForgeOptions(
        name, version, Optional.empty(), DEFAULT_SEGMENTS, List.of(), Optional.empty(), Optional.empty());
  }

  /** Measured with these samples. */
  public ForgeOptions withSamples(Samples some) {
    return new ForgeOptions(name, version, Optional.of(some), maxSegments, bases, signer, workDirectory);
  }

  /** With at most so many segments. */
  public ForgeOptions withMaxSegments(int most) {
    return new ForgeOptions(name, version, samples, most, bases, signer, workDirectory);
  }

  /** With differences against these earlier versions. */
  public ForgeOptions withBases(List<PackageFile> some) {
    return new ForgeOptions(name, version, samples, maxSegments, some, signer, workDirectory);
  }

  /** Signed. */
  public ForgeOptions withSigner(Function<dev.insitu.elastic.Digest, Signed> some) {
    return new ForgeOptions(name, version, samples, maxSegments, bases, Optional.of(some), workDirectory);
  }
}
