package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages that hold the model that a family comes from. */
class KeptRootTest {

  @TempDir Path directory;

  private final Map<Digest, byte[]> further = new HashMap<>();
  private final RandomPackage random = new RandomPackage(7, 12);
  private final byte[] graph = bytes("the root's graph, that is like the family's");
  private final Manifest manifest = manifest();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private Digest put(byte[] chunk) {
    Digest digest = Digest.sha256(chunk);
    further.put(digest, chunk);
    return digest;
  }

  private DifferenceChunk chunk(String content, int first, int end) {
    return new DifferenceChunk(put(bytes(content)), content.length(), first, end);
  }

  /** A random package with a difference of one chunk and a root of a graph and two. */
  private Manifest manifest() {
    Manifest bare = random.manifest();
    byte[] coded = KeptRoot.encodeGraph(graph, bare);
    KeptRoot root =
        new KeptRoot(
            SmallPackage.digest(3),
            new ObjectRef(put(coded), coded.length),
            List.of(chunk("first", 0, 1), chunk("second", 2, 3)));
    VersionDifference difference =
        new VersionDifference(
            SmallPackage.digest(4),
            Collections.nCopies(bare.tensors().size(), 0),
            List.of(chunk("difference", 1, 2)));
    return with(bare, List.of(difference), Optional.of(root));
  }

  private static Manifest with(
      Manifest bare, List<VersionDifference> differences, Optional<KeptRoot> root) {
    return new Manifest(
        bare.header(),
        bare.inputs(),
        bare.outputs(),
        bare.tensors(),
        bare.segments(),
        bare.exits(),
        bare.segments().size() == 1 ? ByteBuffer.allocate(0) : bare.fusedGraph(),
        bare.widthTable(),
        bare.chunks(),
        Optional.empty(),
        differences,
        root);
  }

  private Path write() throws IOException {
    Path path = directory.resolve("kept.insitu");
    byte[] whole = ManifestCodec.whole(ManifestCodec.body(manifest));
    PackageWriter.write(
        path,
        whole,
        List.of(),
        new byte[0],
        (digest, size) ->
            further.containsKey(digest)
                ? ByteBuffer.wrap(further.get(digest))
                : random.read(digest, size));
    return path;
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    try (PackageFile file = PackageFile.open(write(), Trust.anybody())) {
      ManifestCodecTest.assertSame(manifest, file.manifest());
      List<String> order = new ArrayList<>();
      for (ObjectRef ref : file.manifest().furtherChunks()) {
        ByteBuffer chunk = file.read(ref.digest(), ref.size());
        assertEquals(ByteBuffer.wrap(further.get(ref.digest())), chunk);
        order.add(StandardCharsets.ISO_8859_1.decode(chunk).toString());
      }
      assertEquals("difference", order.get(0));
      assertEquals(List.of("first", "second"), order.subList(2, 4));
      KeptRoot root = file.manifest().keptRoot().orElseThrow();
      assertArrayEquals(graph, root.graph(file.manifest(), file));
      assertEquals(root.graph().size() + 11, root.bytes());
    }
  }

  @Test
  void aPackageWithoutOneIsWrittenAsBefore() {
    Manifest small = SmallPackage.manifest();
    KeptRoot root =
        new KeptRoot(SmallPackage.digest(1), new ObjectRef(SmallPackage.digest(2), 9), List.of());
    Manifest keeping = with(small, List.of(), Optional.of(root));
    assertEquals(0, ManifestCodec.minorOf(ManifestCodec.whole(ManifestCodec.body(small))));
    assertEquals(2, ManifestCodec.minorOf(ManifestCodec.whole(ManifestCodec.body(keeping))));
    RawManifest raw = RawManifest.of(manifest).without(SectionTag.KEPT_ROOT);
    assertArrayEquals(
        ManifestWriter.write(with(manifest, manifest.differences(), Optional.empty())), raw.body());
  }

  @Test
  void aFileCutAnywhereHoldsWhatIsBeforeTheCut() throws IOException {
    byte[] whole = Files.readAllBytes(write());
    int furtherBytes = manifest.furtherChunks().stream().mapToInt(ObjectRef::size).sum();
    for (int missing = 1; missing <= furtherBytes; missing++) {
      Path cut =
          Files.write(
              directory.resolve("cut.insitu"),
              java.util.Arrays.copyOf(whole, whole.length - missing));
      try (PackageFile file = PackageFile.open(cut, Trust.anybody())) {
        assertEquals(SubModel.whole(file.manifest()), file.present());
        int left = furtherBytes - missing;
        for (ObjectRef ref : manifest.furtherChunks()) {
          left -= ref.size();
          if (left >= 0) {
            assertEquals(ref.size(), file.read(ref.digest(), ref.size()).remaining());
          } else {
            assertThrows(EOFException.class, () -> file.read(ref.digest(), ref.size()));
          }
        }
      }
    }
  }

  @Test
  void aDamagedChunkIsRefused() throws IOException {
    Path path = write();
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length - 1] ^= 1;
    Files.write(path, bytes);
    DifferenceChunk last = manifest.keptRoot().orElseThrow().chunks().get(1);
    try (PackageFile file = PackageFile.open(path, Trust.anybody())) {
      ElasticException refused =
          assertThrows(ElasticException.class, () -> file.read(last.digest(), last.size()));
      assertEquals(Reason.CORRUPT, refused.reason());
    }
  }

  @Test
  void aGraphIsRefusedThatIsNoFrameOrExpandsTooFar() {
    byte[] zeros = new byte[8 << 20];
    assertEquals(Reason.CORRUPT, refusal(bytes("no frame at all")));
    assertEquals(Reason.CORRUPT, refusal(new byte[0]));
    assertEquals(Reason.LIMIT, refusal(RawManifest.compress(zeros, 19)));
    byte[] frame = RawManifest.compress(graph, 3);
    assertEquals(Reason.CORRUPT, refusal(java.util.Arrays.copyOf(frame, frame.length - 1)));
    assertThrows(
        ElasticException.class,
        () ->
            new KeptRoot(
                SmallPackage.digest(1),
                new ObjectRef(SmallPackage.digest(2), ChunkSpec.MAX_BYTES + 1),
                List.of()));
  }

  private Reason refusal(byte[] frame) {
    KeptRoot root = manifest.keptRoot().orElseThrow();
    ElasticException refused =
        assertThrows(
            ElasticException.class,
            () -> root.graph(manifest, (digest, size) -> ByteBuffer.wrap(frame)));
    assertTrue(String.valueOf(refused.getMessage()).contains("kept root's graph"));
    return refused.reason();
  }
}
