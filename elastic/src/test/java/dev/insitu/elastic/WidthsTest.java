package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ManifestCodec.Body;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Narrower forms in manifests and in the algebra of sub-models. */
class WidthsTest {

  private static Manifest manifest(RandomPackage random, long seed) {
    return RandomWidths.addTo(
        RandomExits.addTo(random.manifest(), new Random(seed)), new Random(seed));
  }

  private static Manifest manifest(long seed) {
    return manifest(new RandomPackage(seed), seed);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void manifestsWithWidthsComeBack(long seed) {
    Manifest manifest = manifest(seed);
    Body body = ManifestCodec.body(manifest);
    byte[] whole = ManifestCodec.whole(body);
    Manifest read = ManifestCodec.expand(ByteBuffer.wrap(whole)).manifest();
    ManifestCodecTest.assertSame(manifest, read);
    assertEquals(manifest.widthTable(), read.widthTable());
    assertEquals(2, whole[5], "the minor version");
    for (int width = 0; width < manifest.widths().size(); width++) {
      Manifest view = manifest.atWidth(width);
      assertEquals(width, view.width());
      assertEquals(view.segments(), read.atWidth(width).segments());
      assertEquals(view.exits(), read.atWidth(width).exits());
      assertEquals(view.fusedGraph(), read.atWidth(width).fusedGraph());
      assertEquals(body.digest(), ManifestCodec.body(view).digest(), "one package at all widths");
      assertSame(view, manifest.atShare(manifest.widths().get(width)));
    }
  }

  @Test
  void aManifestOfOneWidthIsWrittenAsBeforeThereWereSeveral() {
    Manifest bare = SmallPackage.manifest();
    Manifest with = RandomWidths.addTo(bare, new Random(1));
    Manifest without = RandomWidths.with(with, WidthTable.NONE);
    assertEquals(ManifestCodec.body(bare).digest(), ManifestCodec.body(without).digest());
    assertNotEquals(ManifestCodec.body(bare).digest(), ManifestCodec.body(with).digest());
    assertEquals(List.of(1.0), bare.widths());
    assertSame(bare, bare.atWidth(0));
    assertSame(bare, bare.atShare(1));
  }

  @Test
  void aShareThatIsNotThereIsRefusedWithThoseThatAre() {
    Manifest manifest = RandomWidths.addTo(SmallPackage.manifest(), new Random(1));
    ElasticException refused = assertThrows(ElasticException.class, () -> manifest.atShare(0.05));
    assertEquals(ElasticException.Reason.INVALID, refused.reason());
    for (double share : manifest.widths()) {
      assertTrue(refused.getMessage().contains(String.valueOf(share)), refused.getMessage());
    }
    assertThrows(ElasticException.class, () -> manifest.atShare(Double.NaN));
  }

  /** The chunks that hold blocks of a view's tensors, and what they need, worked out by hand. */
  private static Set<Integer> used(RandomPackage random, Manifest view) {
    Set<Integer> tensors = new TreeSet<>();
    view.segments().forEach(segment -> tensors.addAll(segment.tensors()));
    view.exits().forEach(exit -> tensors.addAll(exit.head().tensors()));
    Set<Integer> used = new TreeSet<>();
    for (int i = 0; i < view.chunks().size(); i++) {
      ChunkSpec chunk = view.chunks().get(i);
      for (int block = chunk.firstBlock(); block < chunk.endBlock(); block++) {
        int tensor = view.blocks().block(block).tensorIndex();
        if (tensors.contains(tensor) && random.hasContent(block, chunk.group())) {
          used.add(i);
        }
      }
    }
    for (boolean grew = true; grew; ) {
      Set<Integer> needs = new TreeSet<>();
      used.forEach(chunk -> needs.addAll(random.naiveNeeds(chunk)));
      grew = used.addAll(needs);
    }
    return used;
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void aPrefixOfAWidthIsThePrefixFilteredToWhatItUses(long seed) {
    RandomPackage random = new RandomPackage(seed);
    Manifest manifest = manifest(random, seed);
    for (int width = 0; width < manifest.widths().size(); width++) {
      Manifest view = manifest.atWidth(width);
      Set<Integer> used =
          view.isWhole()
              ? IntStream.range(0, view.chunks().size()).boxed().collect(Collectors.toSet())
              : used(random, view);
      assertEquals(used, setOf(SubModel.whole(view)));
      assertEquals(bytes(manifest, used), view.chunkBytes());
      for (int count = 0; count <= view.chunks().size(); count++) {
        int end = count;
        SubModel prefix = SubModel.prefix(view, count);
        Set<Integer> expected = used.stream().filter(i -> i < end).collect(Collectors.toSet());
        assertEquals(expected, setOf(prefix));
        assertEquals(prefix, SubModel.usableOf(view, bits(prefix)), "closed");
        assertEquals(prefix, SubModel.prefixOfBytes(view, prefix.bytes()));
      }
      assertEquals(view.segments().size(), SubModel.whole(view).runnableSegments());
      assertTrue(
          view.weightCount() <= SubModel.whole(view).weights(), "chunks hold other tensors too");
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void anUpgradeToAWiderModelIsWhatTheNarrowerLacks(long seed) {
    Manifest manifest = manifest(seed);
    for (int wide = 1; wide < manifest.widths().size(); wide++) {
      for (int narrow = 0; narrow < wide; narrow++) {
        SubModel from = SubModel.whole(manifest.atWidth(narrow));
        SubModel to = SubModel.whole(manifest.atWidth(wide));
        assertTrue(to.includes(from), "forms use more and more tensors");
        long missing = bytes(manifest, to.missingFrom(from).boxed().collect(Collectors.toSet()));
        assertEquals(to.bytes(), from.bytes() + missing);
        SubModel grown = to.union(from);
        assertSame(manifest.atWidth(wide), grown.manifest());
        assertEquals(grown, from.union(to));
        assertEquals(to, to.at(manifest.atWidth(narrow)));
        assertEquals(
            manifest.segments().size(), to.at(manifest.atWidth(narrow)).runnableSegments());
      }
    }
  }

  @Test
  void whatRunsNarrowNeedNotRunWide() {
    Manifest bare = SmallPackage.manifest();
    WidthForm half =
        new WidthForm(
            500,
            List.of(bare.segments().get(0), without(bare.segments().get(1))),
            List.of(),
            bare.fusedGraph());
    Manifest manifest =
        RandomWidths.with(bare, new WidthTable(List.of(), List.of(), List.of(half)));
    SubModel narrow = SubModel.of(manifest.atWidth(0), 2, 0);
    assertEquals(2, narrow.runnableSegments());
    assertEquals(2, narrow.answeringDepth());
    assertEquals(1, narrow.at(manifest).runnableSegments());
    assertFalse(narrow.includes(SubModel.of(manifest, 2, 0)));
  }

  private static SegmentSpec without(SegmentSpec segment) {
    return new SegmentSpec(segment.inputs(), segment.outputs(), List.of(), 1, 1, segment.graph());
  }

  private static long bytes(Manifest manifest, Set<Integer> chunks) {
    return chunks.stream().mapToLong(i -> manifest.chunks().get(i).size()).sum();
  }

  private static Set<Integer> setOf(SubModel model) {
    return model.indices().boxed().collect(Collectors.toSet());
  }

  private static BitSet bits(SubModel model) {
    BitSet bits = new BitSet();
    model.indices().forEach(bits::set);
    return bits;
  }
}
