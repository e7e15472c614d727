package dev.insitu.library;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Signatures.Signed;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which versions there are, and everything of them that is not a chunk. Changes are durable when a
 * method returns. Safe for use by several threads.
 */
public interface Catalogue extends AutoCloseable {

  /**
   * A published version.
   *
   * @param name of the model
   * @param version of the package
   * @param manifest digest that names its content
   * @param published when
   * @param chunks in its table
   * @param chunkBytes their bytes
   */
  record Version(
      String name,
      String version,
      Digest manifest,
      Instant published,
      int chunks,
      long chunkBytes) {

    public Version {
      Objects.requireNonNull(name);
      Objects.requireNonNull(version);
      Objects.requireNonNull(manifest);
      Objects.requireNonNull(published);
    }
  }

  /**
   * What a version consists of besides chunks. Buffers are read-only and each a view of its own.
   *
   * @param manifest in its whole form
   * @param profile as the manifest names it; empty if there is none
   * @param signatures over the manifest's digest
   */
  record Parts(ByteBuffer manifest, ByteBuffer profile, List<Signed> signatures) {

    public Parts {
      manifest = manifest.asReadOnlyBuffer();
      profile = profile.asReadOnlyBuffer();
      signatures = List.copyOf(signatures);
    }

    @Override
    public ByteBuffer manifest() {
      return manifest.duplicate();
    }

    @Override
    public ByteBuffer profile() {
      return profile.duplicate();
    }
  }

  /** Notes that chunks are about to be stored under that name, for no version yet. */
  void begin(String batch);

  /** Forgets a batch, after its chunks were discarded. */
  void end(String batch);

  /** Batches that were begun and neither published nor ended: a process died between. */
  List<String> openBatches();

  /**
   * Makes a version visible and ends its batch, both or neither.
   *
   * @param batch under which its new chunks were stored; empty if it brought none
   * @throws LibraryException CONFLICT if the name has that version already
   */
  void publish(Version version, Parts parts, Optional<String> batch);

  /** Removes a version; false if there was none. */
  boolean remove(String name, String version);

  /** All versions, by name, then in the order of publishing. */
  List<Version> versions();

  /** The versions of one model in the order of publishing. */
  List<Version> versions(String name);

  /** The version with that manifest. */
  Optional<Version> byManifest(Digest manifest);

  /** The parts of the version with that manifest. */
  Optional<Parts> parts(Digest manifest);

  @Override
  void close();
}
