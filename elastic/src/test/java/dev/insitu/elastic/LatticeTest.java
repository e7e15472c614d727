package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LatticeTest {

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void needsAreThoseOfEveryBlock(long seed) {
    RandomPackage random = new RandomPackage(seed);
    Lattice lattice = random.manifest().lattice();
    for (int chunk = 0; chunk < random.manifest().chunks().size(); chunk++) {
      int[] expected = random.naiveNeeds(chunk).stream().mapToInt(Integer::intValue).toArray();
      assertArrayEquals(expected, lattice.needs(chunk));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void everyBlockWithContentHasItsChunk(long seed) {
    RandomPackage random = new RandomPackage(seed);
    Manifest manifest = random.manifest();
    for (int group = 0; group <= manifest.losslessGroup(); group++) {
      for (int block = 0; block < manifest.blocks().blockCount(); block++) {
        int chunk = manifest.lattice().chunkOf(block, group);
        assertEquals(random.hasContent(block, group), chunk >= 0);
        if (chunk >= 0) {
          ChunkSpec spec = manifest.chunks().get(chunk);
          assertTrue(spec.group() == group && spec.covers(block));
        }
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void chunksOfATensorAreThoseOfItsBlocks(long seed) {
    Manifest manifest = new RandomPackage(seed).manifest();
    Lattice lattice = manifest.lattice();
    for (int tensor = 0; tensor < manifest.tensors().size(); tensor++) {
      for (int group = 0; group <= manifest.losslessGroup(); group++) {
        int of = group;
        int[] expected =
            IntStream.range(
                    manifest.blocks().firstBlock(tensor), manifest.blocks().firstBlock(tensor + 1))
                .map(block -> lattice.chunkOf(block, of))
                .filter(chunk -> chunk >= 0)
                .distinct()
                .toArray();
        assertArrayEquals(expected, lattice.chunksOf(tensor, group).toArray());
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void blocksOfAChunkAreThoseWithContent(long seed) {
    RandomPackage random = new RandomPackage(seed);
    Manifest manifest = random.manifest();
    for (int chunk = 0; chunk < manifest.chunks().size(); chunk++) {
      ChunkSpec spec = manifest.chunks().get(chunk);
      List<Integer> expected =
          IntStream.range(spec.firstBlock(), spec.endBlock())
              .filter(block -> random.hasContent(block, spec.group()))
              .boxed()
              .toList();
      assertEquals(
          expected, manifest.lattice().blocksOf(chunk).stream().map(Block::index).toList());
    }
  }

  @Test
  void whatIsHandedOutIsACopy() {
    Lattice lattice = new RandomPackage(5).manifest().lattice();
    int[] chunks = lattice.chunksOf(0);
    int first = chunks[0];
    chunks[0] = -1;
    assertEquals(first, lattice.chunksOf(0)[0]);
  }

  @Test
  void groupsHoldAllChunksOnce() {
    Manifest manifest = new RandomPackage(7, 12).manifest();
    List<Integer> all =
        IntStream.rangeClosed(0, manifest.losslessGroup())
            .flatMap(group -> IntStream.of(manifest.lattice().chunksOf(group)))
            .boxed()
            .toList();
    assertEquals(manifest.chunks().size(), all.size());
    assertEquals(
        new TreeSet<>(all),
        IntStream.range(0, all.size()).boxed().collect(Collectors.toCollection(TreeSet::new)));
  }
}
