package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.ManifestCodec.Body;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestCodecTest {

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void whatIsWrittenIsRead(long seed) {
    Manifest manifest = new RandomPackage(seed).manifest();
    Body body = ManifestCodec.body(manifest);
    Body read = ManifestCodec.expand(ByteBuffer.wrap(ManifestCodec.whole(body)));
    assertEquals(body.digest(), read.digest());
    assertEquals(body.length(), read.length());
    assertSame(manifest, read.manifest());
    assertEquals(body.digest(), ManifestCodec.body(read.manifest()).digest());
    assertEquals(
        Optional.empty(), ManifestCodec.baseOf(ByteBuffer.wrap(ManifestCodec.whole(body))));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void aPatchGivesTheSameManifestAsTheWholeForm(long seed) {
    Body base = ManifestCodec.body(new RandomPackage(seed).manifest());
    Body body = ManifestCodec.body(new RandomPackage(seed + 1).manifest());
    ByteBuffer patch = ByteBuffer.wrap(ManifestCodec.patch(body, base)).asReadOnlyBuffer();
    assertEquals(Optional.of(base.digest()), ManifestCodec.baseOf(patch));
    Body patched = ManifestCodec.expand(patch, base);
    assertEquals(body.digest(), patched.digest());
    assertArrayEquals(ManifestCodec.whole(body), ManifestCodec.whole(patched));
    assertRefused(Reason.INVALID, () -> ManifestCodec.expand(patch));
    assertRefused(Reason.INVALID, () -> ManifestCodec.expand(patch, body));
  }

  @Test
  void aPatchAgainstTheSameManifestIsShort() {
    Body body = ManifestCodec.body(new RandomPackage(11, 300).manifest());
    int patch = ManifestCodec.patch(body, body).length;
    assertTrue(patch < 120, patch + " bytes for a manifest of " + body.length());
  }

  @Test
  void theWholeFormIsRightAfterOtherBytesToo() {
    Body body = ManifestCodec.body(new RandomPackage(11).manifest());
    byte[] whole = ManifestCodec.whole(body);
    ByteBuffer stream = ByteBuffer.allocateDirect(whole.length + 7);
    stream.position(7);
    stream.put(whole).position(7);
    assertEquals(body.digest(), ManifestCodec.expand(stream).digest());
    assertEquals(7, stream.position());
  }

  @Test
  void theDigestIsOverVersionAndExpandedBody() {
    byte[] bytes = ManifestWriter.write(SmallPackage.manifest());
    Digest expected =
        Digest.sha256(
            new ByteWriter()
                .raw("insitu-manifest".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .u8(1)
                .u8(0)
                .raw(bytes)
                .toBytes());
    Body body = ManifestCodec.body(SmallPackage.manifest());
    assertEquals(expected, body.digest());
    RawManifest raw = RawManifest.of(SmallPackage.manifest());
    assertEquals(body.digest(), ManifestCodec.expand(ByteBuffer.wrap(raw.whole())).digest());
    for (int level : new int[] {1, 22}) {
      byte[] other = raw.withFrame(RawManifest.compress(raw.body(), level)).whole();
      assertEquals(
          body.digest(),
          ManifestCodec.expand(ByteBuffer.wrap(other)).digest(),
          "whoever compressed it and however");
    }
  }

  @Test
  void aNewerMinorVersionIsReadUnderItsOwnName() {
    RawManifest raw = RawManifest.of(new RandomPackage(11).manifest());
    raw.section(100, new byte[] {1, 2, 3});
    byte[] newer = raw.withMinor(7).whole();
    Body body = ManifestCodec.expand(ByteBuffer.wrap(newer));
    assertNotEquals(
        body.digest(), ManifestCodec.expand(ByteBuffer.wrap(raw.withMinor(8).whole())).digest());
    assertSame(new RandomPackage(11).manifest(), body.manifest());
    Body again = ManifestCodec.expand(ByteBuffer.wrap(ManifestCodec.whole(body)));
    assertEquals(body.digest(), again.digest(), "handed on with what this version cannot read");
  }

  @Test
  void aManifestThatRepeatsItselfIsStillReadable() {
    Body body = ManifestCodec.body(withGraph(noisyZeros(new byte[3 << 20], 500)));
    byte[] whole = ManifestCodec.whole(body);
    assertEquals(body.digest(), ManifestCodec.expand(ByteBuffer.wrap(whole)).digest());
    int shortest = RawManifest.compress(noisyZeros(new byte[3 << 20], 500), 19).length;
    assertTrue(body.length() > (1 << 20) + 64L * shortest, "the best compression is not allowed");
  }

  private static byte[] noisyZeros(byte[] zeros, int step) {
    Random random = new Random(1);
    for (int i = 0; i < zeros.length; i += step) {
      zeros[i] = (byte) random.nextInt();
    }
    return zeros;
  }

  @Test
  void aManifestThatExpandsBeyondAllProportionIsNotWritten() {
    Body body = ManifestCodec.body(withGraph(new byte[3 << 20]));
    assertRefused(Reason.LIMIT, () -> ManifestCodec.whole(body));
  }

  private static Manifest withGraph(byte[] graph) {
    Manifest like = new RandomPackage(11).manifest();
    return new Manifest(
        like.header(),
        like.inputs(),
        List.of(),
        like.tensors(),
        List.of(SegmentSpec.of(List.of(), List.of(), new int[0], 0, 0, graph)),
        ByteBuffer.allocate(0),
        like.chunks(),
        Optional.empty(),
        List.of());
  }

  @Test
  void whatCannotBeReadBackIsNotWritten() {
    for (String name : new String[] {"", "x".repeat(70_000), "half \ud800 a pair"}) {
      Manifest like = new RandomPackage(11).manifest();
      Manifest manifest =
          new Manifest(
              like.header(),
              List.of(new ValueSpec(name, 1, List.of(), true)),
              List.of(),
              like.tensors(),
              List.of(SegmentSpec.of(List.of(), List.of(), new int[0], 0, 0, new byte[0])),
              ByteBuffer.allocate(0),
              like.chunks(),
              Optional.empty(),
              List.of());
      assertRefused(Reason.INVALID, () -> ManifestCodec.body(manifest));
    }
  }

  @Test
  void tenThousandChunksStayBelow500Kilobytes() {
    Body body = ManifestCodec.body(manyChunks(10_000, new Random(1)));
    int bytes = ManifestCodec.whole(body).length;
    assertTrue(bytes < 500_000, bytes + " bytes");
    assertTrue(bytes < 10_000 * (Digest.BYTES + 8), "about 6 bytes a chunk beside its digest");
  }

  /** Seven bit planes and the lossless group of one-block chunks in an order as of a profile. */
  static Manifest manyChunks(int count, Random random) {
    int levels = 6;
    int blocks = count / (levels + 2);
    TensorSpec tensor =
        new TensorSpec("w", ElementType.FLOAT32, Coding.PLANES, blocks * 262_144L, 256, levels);
    List<ChunkSpec> chunks = new ArrayList<>();
    List<int[]> ready = new ArrayList<>();
    for (int block = 0; block < blocks; block++) {
      ready.add(new int[] {0, block});
    }
    while (!ready.isEmpty()) {
      int[] next = ready.remove(random.nextInt(ready.size()));
      byte[] digest = new byte[Digest.BYTES];
      random.nextBytes(digest);
      int size =
          next[0] > levels ? 600_000 + random.nextInt(90_000) : 20_000 + random.nextInt(13_000);
      float error = (float) Math.exp(random.nextGaussian() - next[0]);
      chunks.add(new ChunkSpec(Digest.of(digest), size, next[0], next[1], next[1] + 1, error));
      if (next[0] <= levels) {
        ready.add(new int[] {next[0] + 1, next[1]});
      }
    }
    Manifest like = new RandomPackage(1).manifest();
    return new Manifest(
        new Manifest.Header(
            "m",
            "1",
            like.header().root(),
            Optional.empty(),
            like.header().reference(),
            levels,
            false),
        List.of(new ValueSpec("x", 1, List.of(), false)),
        List.of(new ValueSpec("y", 1, List.of(), false)),
        List.of(tensor),
        List.of(SegmentSpec.of(List.of("x"), List.of("y"), new int[] {0}, 0, 0, new byte[0])),
        ByteBuffer.allocate(0),
        chunks,
        Optional.empty(),
        List.of());
  }

  @Test
  void graphsCannotBeWrittenThrough() {
    byte[] graph = {1, 2, 3};
    SegmentSpec segment = SegmentSpec.of(List.of(), List.of(), new int[0], 0, 0, graph);
    graph[0] = 9;
    assertEquals(1, segment.graph().get(0));
    assertTrue(segment.graph().isReadOnly());
    segment.graph().get();
    assertEquals(3, segment.graph().remaining(), "every caller has a position of its own");
    Manifest manifest = new RandomPackage(1).manifest();
    assertTrue(manifest.fusedGraph().isReadOnly());
  }

  static void assertSame(Manifest expected, Manifest actual) {
    assertEquals(expected.header(), actual.header());
    assertEquals(expected.inputs(), actual.inputs());
    assertEquals(expected.outputs(), actual.outputs());
    assertEquals(expected.tensors(), actual.tensors());
    assertEquals(expected.segments(), actual.segments());
    assertEquals(expected.exits(), actual.exits());
    assertEquals(expected.fusedGraph(), actual.fusedGraph());
    assertEquals(expected.chunks(), actual.chunks());
    assertEquals(expected.profile(), actual.profile());
    assertEquals(expected.differences(), actual.differences());
    assertEquals(expected.keptRoot(), actual.keptRoot());
  }

  private static void assertRefused(Reason reason, Runnable call) {
    assertEquals(reason, assertThrows(ElasticException.class, call::run).reason());
  }
}
