package dev.insitu.device;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Range;
import dev.insitu.elastic.plan.Wishes.Held;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.IntStream;

/** Makes versions that lie on the disk usable: for the runtime, and for saying what is held. */
final class Versions {

  private final DeviceContext device;

  Versions(DeviceContext device) {
    this.device = device;
  }

  /**
   * Reads a version.
   *
   * @throws dev.insitu.elastic.ElasticException if its manifest is damaged or not trusted
   */
  Loaded load(VersionRecord version) throws IOException {
    Manifest whole = device.manifests.load(version.manifest(), device.options.trust()).manifest();
    Manifest manifest = version.width() > 0 ? whole.atShare(version.width()) : whole;
    if (version.inFile()) {
      ReferenceView view = new ReferenceView(manifest, device.references.path(version.manifest()));
      return new Loaded(
          version.manifest(),
          version.version(),
          view.manifest(),
          view,
          digest -> true,
          true,
          Loaded.depth(manifest, version.depth()));
    }
    return of(version.manifest(), manifest, version.depth());
  }

  /**
   * A version of chunks in the store.
   *
   * @param manifest at the width that is to run
   * @param depth as {@link Loaded#depth} takes it
   */
  Loaded of(Digest digest, Manifest manifest, int depth) {
    return new Loaded(
        digest,
        manifest.header().version(),
        manifest,
        device.store,
        device.store::contains,
        false,
        Loaded.depth(manifest, depth));
  }

  /** A manifest on the disk. */
  ManifestCodec.Body body(Digest digest) throws IOException {
    return device.manifests.load(digest, device.options.trust());
  }

  /**
   * A manifest on the disk that can be used; one that is damaged or not trusted counts as not
   * there.
   */
  Optional<ManifestCodec.Body> usableBody(Digest digest) throws IOException {
    if (!device.manifests.has(digest)) {
      return Optional.empty();
    }
    try {
      return Optional.of(body(digest));
    } catch (ElasticException e) {
      return Optional.empty(); // a server is asked for it anew, and its answer is checked
    }
  }

  /**
   * What a server is told of a version.
   *
   * @param claimed whether all of a version in a weight file counts as held, as far as its values
   *     are concerned
   */
  Optional<Held> held(VersionRecord version, boolean claimed) throws IOException {
    Optional<ManifestCodec.Body> body = usableBody(version.manifest());
    if (body.isEmpty()) {
      return Optional.empty();
    }
    Manifest manifest = body.get().manifest();
    IntStream all = IntStream.range(0, manifest.chunks().size());
    if (version.inFile() && claimed) {
      return Optional.of(new Held(version.manifest(), Range.of(all)));
    }
    IntStream present = all.filter(i -> device.store.contains(manifest.chunks().get(i).digest()));
    return Optional.of(new Held(version.manifest(), Range.of(present)));
  }

  /** The chunks of a plan after which inference may begin, and what they need. */
  static SubModel starter(Loaded loaded, Plan plan) {
    return loaded.with(Range.indices(plan.content().chunks()).limit(plan.starterChunks()));
  }

  /** The chunks that will be there when a plan has been carried out. */
  static SubModel target(Loaded loaded, Plan plan) {
    return loaded.with(Range.indices(plan.content().chunks()));
  }
}
