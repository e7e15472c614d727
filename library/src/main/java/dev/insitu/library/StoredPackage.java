package dev.insitu.library;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.elastic.plan.Range;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One published version, its manifest read. Never changes; safe for use by several threads. */
public final class StoredPackage {

  private final Catalogue.Version version;
  private final Catalogue.Parts parts;
  private final ManifestCodec.Body body;
  private final Manifest manifest;
  private @Nullable Profile measured;

  StoredPackage(Catalogue.Version version, Catalogue.Parts parts) {
    this.version = version;
    this.parts = parts;
    this.body = ManifestCodec.expand(parts.manifest());
    this.manifest = body.manifest();
  }

  public Catalogue.Version version() {
    return version;
  }

  /** The name of this package version. */
  public Digest digest() {
    return body.digest();
  }

  public Manifest manifest() {
    return manifest;
  }

  /** The expanded manifest, as a base for patches. */
  public ManifestCodec.Body body() {
    return body;
  }

  /** The manifest in its whole form, as it was published; read-only. */
  public ByteBuffer manifestBytes() {
    return parts.manifest();
  }

  /** The profile as it was published; read-only, empty if there is none. */
  public ByteBuffer profile() {
    return parts.profile();
  }

  /**
   * What was measured of its sub-models.
   *
   * @throws ElasticException if the profile cannot be read
   */
  public synchronized Profile measured() {
    Profile read = measured;
    if (read == null) {
      read = ProfileCodec.read(Bytes.toArray(parts.profile()));
      measured = read;
    }
    return read;
  }

  public List<Signed> signatures() {
    return parts.signatures();
  }

  /**
   * The chunks a plan sends, in order.
   *
   * @throws ElasticException INVALID if this package does not have them
   */
  List<ChunkRef> chunksOf(Plan.Content content) {
    if (content.difference()) {
      return ChunkRef.of(differenceTo(content.base().orElseThrow()));
    }
    requireHas(content);
    return Range.indices(content.chunks())
        .mapToObj(i -> ChunkRef.of(manifest.chunks().get(i)))
        .toList();
  }

  /**
   * Refuses a plan whose chunks this package does not have.
   *
   * @throws ElasticException INVALID
   */
  void requireHas(Plan.Content content) {
    if (content.difference()) {
      differenceTo(content.base().orElseThrow());
    }
    int count = manifest.chunks().size();
    for (Range range : content.chunks()) {
      if (range.to() > count) {
        throw ElasticException.invalid(
            "A plan names chunk " + (range.to() - 1) + " of " + count + ".");
      }
    }
  }

  private VersionDifference differenceTo(Digest base) {
    return manifest.differences().stream()
        .filter(difference -> difference.base().equals(base))
        .findFirst()
        .orElseThrow(() ->
            ElasticException.invalid(
                "Package "
                    + digest().brief()
                    + " has no difference against "
                    + base.brief()
                    + "."));
  }
}
