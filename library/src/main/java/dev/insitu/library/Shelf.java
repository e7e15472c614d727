package dev.insitu.library;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.plan.PlanMaker;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds versions and keeps the manifests and patches used last. Safe for use by several threads.
 */
final class Shelf {

  private static final String LATEST = "latest";
  private static final int CACHED_PACKAGES = 64;
  private static final int CACHED_PATCHES = 256;

  private final Catalogue catalogue;
  private final Lru<Digest, StoredPackage> packages = new Lru<>(CACHED_PACKAGES);
  private final Lru<Pair, ByteBuffer> patches = new Lru<>(CACHED_PATCHES);

  private record Pair(Digest manifest, Digest base) {}

  Shelf(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /**
   * The versions of one model in the order of publishing.
   *
   * @throws LibraryException UNKNOWN_MODEL if there is none
   */
  List<Catalogue.Version> list(String name) {
    List<Catalogue.Version> versions = catalogue.versions(name);
    if (versions.isEmpty()) {
      throw new LibraryException(
          LibraryException.Reason.UNKNOWN_MODEL,
          "There is no model '"
              + cut(name)
              + "' here.\nMaybe 'insitu list' shows the name you want.");
    }
    return versions;
  }

  /**
   * A version, or the one published last, which is also called {@code latest} unless a version has
   * that name.
   *
   * @throws LibraryException UNKNOWN_MODEL, UNKNOWN_VERSION
   */
  Catalogue.Version find(String name, Optional<String> version) {
    List<Catalogue.Version> versions = list(name);
    String wanted = version.orElse(LATEST);
    Optional<Catalogue.Version> found =
        versions.stream().filter(some -> some.version().equals(wanted)).findFirst();
    if (found.isPresent()) {
      return found.get();
    }
    if (wanted.equals(LATEST)) {
      return versions.getLast();
    }
    throw unknownVersion(name, wanted, versions);
  }

  private static LibraryException unknownVersion(
      String name, String version, List<Catalogue.Version> versions) {
    return new LibraryException(
        LibraryException.Reason.UNKNOWN_VERSION,
        "'"
            + cut(name)
            + "' has no version '"
            + cut(version)
            + "'.\nMaybe you want '"
            + versions.getLast().version()
            + "', the last of "
            + versions.size()
            + ".");
  }

  private static String cut(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }

  /** Reads a version's manifest. */
  StoredPackage load(Catalogue.Version version) {
    return packages
        .get(version.manifest())
        .orElseGet(() -> {
          Catalogue.Parts parts =
              catalogue.parts(version.manifest()).orElseThrow(() -> gone(version.manifest()));
          StoredPackage stored = new StoredPackage(version, parts);
          packages.put(version.manifest(), stored);
          return stored;
        });
  }

  /** The version with that manifest, if there is one. */
  Optional<StoredPackage> byManifest(Digest manifest) {
    return catalogue.byManifest(manifest).map(this::load);
  }

  /** Forgets a version that was removed. */
  void forget(Digest manifest) {
    packages.remove(manifest);
  }

  static LibraryException gone(Digest manifest) {
    return new LibraryException(
        LibraryException.Reason.UNKNOWN_MANIFEST,
        "No version here has manifest " + manifest.brief() + ".\nMaybe it was removed.");
  }

  /** The patch form of a manifest, read-only; computed once for each pair. */
  ByteBuffer patch(StoredPackage wanted, StoredPackage base) {
    Pair pair = new Pair(wanted.digest(), base.digest());
    return patches
        .get(pair)
        .orElseGet(() -> {
          ByteBuffer patch =
              ByteBuffer.wrap(ManifestCodec.patch(wanted.body(), base.body())).asReadOnlyBuffer();
          patches.put(pair, patch);
          return patch;
        })
        .duplicate();
  }

  /** What a plan needs to know of manifests: their sizes, and earlier versions. */
  PlanMaker.ManifestSizes sizes(StoredPackage wanted) {
    return new PlanMaker.ManifestSizes() {
      @Override
      public long whole() {
        return wanted.manifestBytes().remaining();
      }

      @Override
      public OptionalLong patch(Digest base) {
        Optional<StoredPackage> held = byManifest(base);
        return held.isPresent()
            ? OptionalLong.of(Shelf.this.patch(wanted, held.get()).remaining())
            : OptionalLong.empty();
      }

      @Override
      public Optional<Manifest> manifest(Digest base) {
        return byManifest(base).map(StoredPackage::manifest);
      }
    };
  }
}
