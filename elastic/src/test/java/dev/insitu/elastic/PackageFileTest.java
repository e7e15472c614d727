package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PackageFileTest {

  @TempDir Path directory;

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void whatIsWrittenIsRead(long seed) throws IOException {
    RandomPackage random = new RandomPackage(seed);
    Path path = write(random);
    try (PackageFile file = PackageFile.open(path, Trust.anybody())) {
      ManifestCodecTest.assertSame(random.manifest(), file.manifest());
      assertEquals(ManifestCodec.body(random.manifest()).digest(), file.digest());
      assertArrayEquals(wholeManifest(random), file.manifestBytes());
      assertArrayEquals(profile(random), file.profile());
      assertEquals(random.manifest().chunks().size(), file.chunksPresent());
      assertEquals(SubModel.whole(file.manifest()), file.present());
      for (ChunkSpec chunk : file.manifest().chunks()) {
        assertEquals(
            random.read(chunk.digest(), chunk.size()), file.read(chunk.digest(), chunk.size()));
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void aFileCutAnywhereHoldsTheChunksBeforeTheCut(long seed) throws IOException {
    RandomPackage random = new RandomPackage(seed);
    byte[] whole = Files.readAllBytes(write(random));
    int afterManifest = PackageFile.HEADER_BYTES + wholeManifest(random).length;
    int start = afterManifest + profile(random).length;
    long position = start;
    for (int chunk = 0; chunk <= random.manifest().chunks().size(); chunk++) {
      assertHolds(chunk, whole, position);
      if (chunk > 0) {
        assertHolds(chunk - 1, whole, position - 1);
      }
      if (chunk < random.manifest().chunks().size()) {
        position += random.manifest().chunks().get(chunk).size();
      }
    }
    assertEquals(whole.length, position);
    Random cuts = new Random(seed);
    for (int i = 0; i < 10; i++) {
      int cut = afterManifest + cuts.nextInt(whole.length - afterManifest + 1);
      SubModel expected = SubModel.prefixOfBytes(random.manifest(), Math.max(0, cut - start));
      assertHolds(expected.size(), whole, cut);
    }
  }

  private void assertHolds(int chunks, byte[] whole, long length) throws IOException {
    Path cut = directory.resolve("cut.insitu");
    Files.write(cut, java.util.Arrays.copyOf(whole, (int) length));
    try (PackageFile file = PackageFile.open(cut, Trust.anybody())) {
      assertEquals(chunks, file.chunksPresent());
      assertEquals(SubModel.prefix(file.manifest(), chunks), file.present());
      for (ChunkSpec chunk : file.present().chunkList()) {
        assertEquals(chunk.digest(), Digest.sha256(file.read(chunk.digest(), chunk.size())));
      }
      Map<Digest, Integer> missing = new HashMap<>();
      file.manifest().chunks().forEach(chunk -> missing.put(chunk.digest(), chunk.size()));
      file.present().chunkList().forEach(chunk -> missing.remove(chunk.digest()));
      for (Map.Entry<Digest, Integer> chunk : missing.entrySet()) {
        assertThrows(EOFException.class, () -> file.read(chunk.getKey(), chunk.getValue()));
      }
    }
  }

  @Test
  void aDamagedChunkIsRefusedAndTheOthersAreRead() throws IOException {
    RandomPackage random = new RandomPackage(7, 12);
    Path path = write(random);
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length - 1] ^= 1;
    Files.write(path, bytes);
    List<ChunkSpec> chunks = random.manifest().chunks();
    ChunkSpec last = chunks.get(chunks.size() - 1);
    try (PackageFile file = PackageFile.open(path, Trust.anybody())) {
      assertRefused(Reason.CORRUPT, () -> file.read(last.digest(), last.size()));
      for (ChunkSpec chunk : chunks) {
        if (!chunk.digest().equals(last.digest())) {
          file.read(chunk.digest(), chunk.size());
        }
      }
    }
  }

  @Test
  void aChunkIsOnlyReadInItsSize() throws IOException {
    RandomPackage random = new RandomPackage(7);
    ChunkSpec chunk = random.manifest().chunks().get(0);
    try (PackageFile file = PackageFile.open(write(random), Trust.anybody())) {
      assertRefused(Reason.CORRUPT, () -> file.read(chunk.digest(), chunk.size() + 1));
    }
  }

  @Test
  void differencesFollowTheChunks() throws IOException {
    RandomPackage random = new RandomPackage(7, 12);
    Manifest manifest = random.manifest();
    byte[] content = "difference".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    Digest digest = Digest.sha256(content);
    VersionDifference difference =
        new VersionDifference(
            manifest.header().root(),
            Collections.nCopies(manifest.tensors().size(), 0),
            List.of(new DifferenceChunk(digest, content.length, 1, 2)));
    Manifest with =
        new Manifest(
            manifest.header(),
            manifest.inputs(),
            manifest.outputs(),
            manifest.tensors(),
            manifest.segments(),
            manifest.fusedGraph(),
            manifest.chunks(),
            Optional.empty(),
            List.of(difference));
    Path path = directory.resolve("d.insitu");
    byte[] whole = ManifestCodec.whole(ManifestCodec.body(with));
    PackageWriter.write(
        path,
        whole,
        List.of(),
        new byte[0],
        (wanted, size) ->
            wanted.equals(digest) ? ByteBuffer.wrap(content) : random.read(wanted, size));
    try (PackageFile file = PackageFile.open(path, Trust.anybody())) {
      assertEquals(List.of(difference), file.manifest().differences());
      assertEquals(ByteBuffer.wrap(content), file.read(digest, content.length));
    }
    byte[] bytes = Files.readAllBytes(path);
    Files.write(path, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    try (PackageFile file = PackageFile.open(path, Trust.anybody())) {
      assertEquals(SubModel.whole(file.manifest()), file.present());
      assertThrows(EOFException.class, () -> file.read(digest, content.length));
    }
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    RandomPackage random = new RandomPackage(7);
    Path path = write(random);
    byte[] before = Files.readAllBytes(path);
    ChunkSource broken =
        (digest, size) -> {
          throw new IOException("no space");
        };
    byte[] manifest = wholeManifest(random);
    assertThrows(
        IOException.class,
        () -> PackageWriter.write(path, manifest, List.of(), new byte[0], broken));
    ChunkSource shorter = (digest, size) -> ByteBuffer.allocate(size - 1);
    assertRefused(
        Reason.CORRUPT, () -> PackageWriter.write(path, manifest, List.of(), new byte[0], shorter));
    byte[] strange = {1};
    assertRefused(
        Reason.INVALID, () -> PackageWriter.write(path, manifest, List.of(), strange, random));
    assertArrayEquals(before, Files.readAllBytes(path));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void theSourcesBuffersKeepTheirPositions() throws IOException {
    RandomPackage random = new RandomPackage(7);
    Map<Digest, ByteBuffer> cached = new HashMap<>();
    ChunkSource source =
        (digest, size) -> {
          ByteBuffer bytes = cached.get(digest);
          if (bytes == null) {
            bytes = random.read(digest, size);
            cached.put(digest, bytes);
          }
          return bytes;
        };
    PackageWriter.write(
        directory.resolve("a"), wholeManifest(random), List.of(), new byte[0], source);
    cached.values().forEach(bytes -> assertTrue(bytes.hasRemaining()));
  }

  @Test
  void noFileIsSaidSo() {
    assertThrows(
        NoSuchFileException.class,
        () -> PackageFile.open(directory.resolve("missing.insitu"), Trust.anybody()));
  }

  @Test
  void anotherProfileThanTheNamedOneIsRefused() throws IOException {
    RandomPackage random = packageWithProfile();
    Path path = write(random);
    byte[] bytes = Files.readAllBytes(path);
    int profileAt = PackageFile.HEADER_BYTES + wholeManifest(random).length;
    bytes[profileAt] ^= 1;
    Files.write(path, bytes);
    assertRefused(Reason.CORRUPT, () -> PackageFile.open(path, Trust.anybody()).close());
  }

  @Test
  void aFileMayLeaveTheProfileOut() throws IOException {
    RandomPackage random = packageWithProfile();
    Path path = directory.resolve("b.insitu");
    PackageWriter.write(path, wholeManifest(random), List.of(), new byte[0], random);
    try (PackageFile file = PackageFile.open(path, Trust.anybody())) {
      assertEquals(0, file.profile().length);
      assertTrue(file.manifest().profile().isPresent());
      assertFalse(file.present().chunkList().isEmpty());
    }
  }

  private static RandomPackage packageWithProfile() {
    RandomPackage random = new RandomPackage(1);
    for (long seed = 2; random.manifest().profile().isEmpty(); seed++) {
      random = new RandomPackage(seed);
    }
    Optional<ObjectRef> profile = random.manifest().profile();
    assertEquals(RandomPackage.PROFILE.length, profile.orElseThrow().size());
    return random;
  }

  private Path write(RandomPackage random) throws IOException {
    Path path = directory.resolve("p.insitu");
    PackageWriter.write(path, wholeManifest(random), List.of(), profile(random), random);
    return path;
  }

  private static byte[] wholeManifest(RandomPackage random) {
    return ManifestCodec.whole(ManifestCodec.body(random.manifest()));
  }

  private static byte[] profile(RandomPackage random) {
    return random.manifest().profile().isPresent() ? RandomPackage.PROFILE : new byte[0];
  }

  private interface Call {
    void run() throws IOException;
  }

  private static void assertRefused(Reason reason, Call call) {
    assertEquals(reason, assertThrows(ElasticException.class, call::run).reason());
  }
}
