package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.ManifestCodec.Body;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exits in manifests and in the algebra of sub-models. */
class ExitsTest {

  private static Manifest manifest(long seed) {
    return RandomExits.addTo(new RandomPackage(seed).manifest(), new Random(seed));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void manifestsWithExitsComeBack(long seed) {
    Manifest manifest = manifest(seed);
    Body body = ManifestCodec.body(manifest);
    byte[] whole = ManifestCodec.whole(body);
    Body read = ManifestCodec.expand(ByteBuffer.wrap(whole));
    assertEquals(body.digest(), read.digest());
    ManifestCodecTest.assertSame(manifest, read.manifest());
    assertEquals(manifest.exits(), read.manifest().exits());
    boolean stated = manifest.tensors().stream().anyMatch(t -> t.coding() == Coding.STATED);
    int minor = stated ? 2 : manifest.exits().isEmpty() ? 0 : 1;
    assertEquals(minor, whole[5], "the minor version");
    byte[] head = PackageWriter.head(whole, List.of(), new byte[0]).array();
    assertEquals(whole[5], head[9], "the minor version of the file");
  }

  @Test
  void aManifestWithoutExitsIsWrittenAsBeforeThereWereAny() {
    Manifest bare = SmallPackage.manifest();
    Manifest with = RandomExits.addTo(bare, new Random(1));
    Manifest without = RandomExits.with(with, List.of());
    assertEquals(ManifestCodec.body(bare).digest(), ManifestCodec.body(without).digest());
    assertNotEquals(ManifestCodec.body(bare).digest(), ManifestCodec.body(with).digest());
  }

  @Test
  void theMinorVersionIsPartOfTheName() {
    Manifest with = RandomExits.addTo(SmallPackage.manifest(), new Random(1));
    RawManifest raw = RawManifest.of(with);
    Body newer = ManifestCodec.expand(ByteBuffer.wrap(raw.withMinor(1).whole()));
    assertEquals(ManifestCodec.body(with).digest(), newer.digest());
    Body older = ManifestCodec.expand(ByteBuffer.wrap(raw.withMinor(0).whole()));
    assertNotEquals(newer.digest(), older.digest());
  }

  @Test
  void exitsThatDescendAreRefused() {
    Manifest bare = chain(4);
    ExitSpec first = exit(0, "a");
    ExitSpec second = exit(2, "b");
    assertEquals(2, RandomExits.with(bare, List.of(first, second)).exits().size());
    ElasticException refused =
        assertThrows(ElasticException.class, () -> RandomExits.with(bare, List.of(second, first)));
    assertEquals(Reason.CORRUPT, refused.reason());
    assertTrue(refused.getMessage().contains("ascend strictly"), refused.getMessage());
  }

  @Test
  void exitsOfOneNameAreRefused() {
    ElasticException refused =
        assertThrows(
            ElasticException.class,
            () -> RandomExits.with(chain(4), List.of(exit(0, "a"), exit(1, "a"))));
    assertTrue(refused.getMessage().contains("every value is made once"), refused.getMessage());
  }

  @Test
  void anExitMayNotReadAnotherExit() {
    SegmentSpec head = SegmentSpec.of(List.of("a"), List.of("b"), new int[0], 0, 0, new byte[0]);
    assertThrows(
        ElasticException.class,
        () -> RandomExits.with(chain(4), List.of(exit(0, "a"), new ExitSpec(1, head))));
  }

  @Test
  void namesOfHeadsCountWithThoseOfSegments() {
    List<String> many = java.util.Collections.nCopies(Manifest.MAX_SEGMENT_NAMES, "x");
    SegmentSpec head = SegmentSpec.of(many, List.of("a"), new int[0], 0, 0, new byte[0]);
    ElasticException refused =
        assertThrows(
            ElasticException.class,
            () -> RandomExits.with(chain(2), List.of(new ExitSpec(0, head))));
    assertEquals(Reason.LIMIT, refused.reason());
  }

  private static ExitSpec exit(int after, String output) {
    return new ExitSpec(
        after, SegmentSpec.of(List.of("x"), List.of(output), new int[0], 0, 0, new byte[0]));
  }

  /** A manifest without tensors whose segments follow one another. */
  private static Manifest chain(int segments) {
    Manifest like = SmallPackage.manifest();
    List<SegmentSpec> made =
        IntStream.range(0, segments)
            .mapToObj(i ->
                SegmentSpec.of(
                    List.of(i == 0 ? "x" : "h" + i),
                    List.of(i == segments - 1 ? "y" : "h" + (i + 1)),
                    new int[0],
                    0,
                    0,
                    new byte[0]))
            .toList();
    return new Manifest(
        like.header(),
        like.inputs(),
        like.outputs(),
        like.tensors(),
        made,
        like.fusedGraph(),
        like.chunks(),
        like.profile(),
        like.differences());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void aDepthHoldsItsHeadAndNoOther(long seed) {
    Manifest manifest = manifest(seed);
    int all = manifest.segments().size();
    for (int depth = 1; depth <= all; depth++) {
      for (int group : new int[] {0, manifest.losslessGroup()}) {
        SubModel with = SubModel.of(manifest, depth, group);
        SubModel bare = SubModel.ofSegments(manifest, depth, group);
        assertTrue(with.includes(bare));
        if (manifest.exitAt(depth).isEmpty()) {
          assertEquals(bare, with);
        } else {
          assertTrue(with.answeringDepth() >= depth, with + " at depth " + depth);
          for (int tensor : manifest.exitAt(depth).get().head().tensors()) {
            assertTrue(with.groupOf(tensor) >= group);
          }
        }
      }
    }
    assertFalse(manifest.exitAt(all).isPresent());
    assertEquals(all, SubModel.whole(manifest).answeringDepth());
    assertEquals(0, all == 1 ? 0 : SubModel.empty(manifest).runnableExit().map(e -> 1).orElse(0));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void theDeepestExitWhosePartsAreThereAnswers(long seed) {
    Manifest manifest = manifest(seed);
    Random random = new Random(seed);
    for (int i = 0; i < 20; i++) {
      BitSet held = new BitSet();
      int dense = 1 + random.nextInt(9);
      IntStream.range(0, manifest.chunks().size())
          .forEach(chunk -> held.set(chunk, random.nextInt(10) < dense));
      SubModel model = SubModel.usableOf(manifest, held);
      int expected = 0;
      for (ExitSpec exit : manifest.exits()) {
        boolean runs =
            IntStream.rangeClosed(0, exit.after()).allMatch(model::canRun)
                && exit.head().tensors().stream().allMatch(tensor -> model.groupOf(tensor) >= 0);
        expected = runs ? exit.depth() : expected;
      }
      assertEquals(expected, model.runnableExit().map(ExitSpec::depth).orElse(0), "seed " + seed);
      boolean whole = model.runnableSegments() == manifest.segments().size();
      assertEquals(whole ? manifest.segments().size() : expected, model.answeringDepth());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void anUpgradeToTheWholeIsWhatTheDepthLacks(long seed) {
    Manifest manifest = manifest(seed);
    for (ExitSpec exit : manifest.exits()) {
      SubModel early = SubModel.of(manifest, exit.depth(), manifest.losslessGroup());
      SubModel whole = SubModel.whole(manifest);
      long missing = whole.missingFrom(early).mapToLong(i -> manifest.chunks().get(i).size()).sum();
      assertEquals(manifest.chunkBytes(), early.bytes() + missing);
    }
  }
}
