package dev.insitu.library;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.PackageWriter;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.WidthTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Packages whose chunks hold random bytes: whoever stores or sends chunks never looks inside them.
 * Equal seeds give equal tensors, so two versions share the chunks of the tensors whose seeds they
 * share.
 */
public final class TestPackages {

  /** Planes after the base group. */
  public static final int LEVELS = 3;

  private final String name;
  private final String version;
  private final List<Long> seeds = new ArrayList<>();
  private int chunkBytes = 20_000;
  private Optional<PackageFile> base = Optional.empty();
  private boolean keepsRoot;
  private List<Signed> signatures = List.of();

  private TestPackages(String name, String version) {
    this.name = name;
    this.version = version;
  }

  /** A package of that name and version, of no tensors yet. */
  public static TestPackages named(String name, String version) {
    return new TestPackages(name, version);
  }

  /** Adds a segment with one tensor for each seed. */
  public TestPackages tensors(long... tensorSeeds) {
    for (long seed : tensorSeeds) {
      seeds.add(seed);
    }
    return this;
  }

  /** About so many bytes in every chunk. */
  public TestPackages chunkBytes(int bytes) {
    chunkBytes = bytes;
    return this;
  }

  /** Adds a difference of one chunk against an earlier version. */
  public TestPackages differenceTo(PackageFile earlier) {
    base = Optional.of(earlier);
    return this;
  }

  /** Adds a kept root of a graph and one chunk. */
  public TestPackages keepingRoot() {
    keepsRoot = true;
    return this;
  }

  /** Signed by whoever can sign the manifest's digest. */
  public TestPackages signed(java.util.function.Function<Digest, List<Signed>> signer) {
    signatures = signer.apply(ManifestCodec.body(manifest(new HashMap<>())).digest());
    return this;
  }

  /** Writes the package and opens it. */
  public PackageFile write(Path directory) throws IOException {
    Map<Digest, byte[]> chunks = new HashMap<>();
    byte[] manifest = ManifestCodec.whole(ManifestCodec.body(manifest(chunks)));
    ChunkSource source = (digest, size) -> ByteBuffer.wrap(chunks.get(digest));
    Path file = directory.resolve(name + "-" + version + ".insitu");
    PackageWriter.write(file, manifest, signatures, new byte[0], source);
    return PackageFile.open(file, Trust.anybody());
  }

  private Manifest manifest(Map<Digest, byte[]> chunks) {
    List<TensorSpec> tensors = new ArrayList<>();
    List<SegmentSpec> segments = new ArrayList<>();
    for (int i = 0; i < seeds.size(); i++) {
      tensors.add(new TensorSpec("w" + i, ElementType.FLOAT32, Coding.PLANES, 4096, 64, LEVELS));
      segments.add(
          SegmentSpec.of(
              List.of("x" + i),
              List.of("x" + (i + 1)),
              new int[] {i},
              4096,
              64,
              new byte[] {1, 2, (byte) i}));
    }
    List<ChunkSpec> specs = new ArrayList<>();
    for (int group = 0; group <= LEVELS + 1; group++) {
      for (int i = 0; i < seeds.size(); i++) {
        byte[] bytes = bytes(seeds.get(i) * 31 + group);
        Digest digest = Digest.sha256(bytes);
        chunks.put(digest, bytes);
        specs.add(new ChunkSpec(digest, bytes.length, group, i, i + 1, 1f / (group + 1)));
      }
    }
    return new Manifest(
        header(),
        List.of(new ValueSpec("x0", 1, List.of(), false)),
        List.of(new ValueSpec("x" + seeds.size(), 1, List.of(), false)),
        tensors,
        segments,
        List.of(),
        ByteBuffer.wrap(new byte[] {9}),
        WidthTable.NONE,
        specs,
        Optional.empty(),
        differences(chunks),
        keepsRoot ? Optional.of(root(chunks)) : Optional.empty());
  }

  private Manifest.Header header() {
    Digest root = Digest.sha256(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return new Manifest.Header(name, version, root, Optional.empty(), root, LEVELS, false);
  }

  private List<VersionDifference> differences(Map<Digest, byte[]> chunks) {
    if (base.isEmpty()) {
      return List.of();
    }
    byte[] bytes = bytes(seeds.hashCode());
    Digest digest = Digest.sha256(bytes);
    chunks.put(digest, bytes);
    List<Integer> mapping = IntStream.range(0, seeds.size()).boxed().toList();
    return List.of(
        new VersionDifference(
            base.get().digest(),
            mapping,
            List.of(new VersionDifference.DifferenceChunk(digest, bytes.length, 0, seeds.size()))));
  }

  private KeptRoot root(Map<Digest, byte[]> chunks) {
    byte[] graph = bytes(~seeds.hashCode());
    byte[] values = bytes(1 - seeds.hashCode());
    chunks.put(Digest.sha256(graph), graph);
    chunks.put(Digest.sha256(values), values);
    return new KeptRoot(
        Digest.sha256(graph),
        new Manifest.ObjectRef(Digest.sha256(graph), graph.length),
        List.of(new VersionDifference.DifferenceChunk(Digest.sha256(values), values.length, 0, 1)));
  }

  private byte[] bytes(long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[chunkBytes / 2 + random.nextInt(chunkBytes)];
    random.nextBytes(bytes);
    return bytes;
  }
}
