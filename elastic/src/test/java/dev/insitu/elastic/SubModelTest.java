package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException.Reason;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The algebra of sub-models against sets of chunk numbers. */
class SubModelTest {

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void closureIsTheLeastClosedSet(long seed) {
    RandomPackage random = new RandomPackage(seed);
    Manifest manifest = random.manifest();
    for (BitSet wanted : subsets(manifest, seed)) {
      SubModel closure = SubModel.closureOf(manifest, wanted.stream());
      assertEquals(naiveClosure(random, set(wanted)), setOf(closure));
      assertEquals(closure, SubModel.closureOf(manifest, closure.indices()));
      assertEquals(closure, SubModel.usableOf(manifest, bits(closure)));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void usableIsTheGreatestClosedSetWithin(long seed) {
    RandomPackage random = new RandomPackage(seed);
    Manifest manifest = random.manifest();
    for (BitSet held : subsets(manifest, seed)) {
      Set<Integer> expected = new TreeSet<>(set(held));
      while (expected.removeIf(chunk -> !expected.containsAll(random.naiveNeeds(chunk)))) {
        // until nothing goes
      }
      assertEquals(expected, setOf(SubModel.usableOf(manifest, held)));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void sumsAndDifferencesAreThoseOfSets(long seed) {
    Manifest manifest = new RandomPackage(seed).manifest();
    BitSet[] some = subsets(manifest, seed);
    SubModel a = SubModel.closureOf(manifest, some[0].stream());
    SubModel b = SubModel.closureOf(manifest, some[1].stream());
    SubModel c = SubModel.closureOf(manifest, some[2].stream());
    SubModel whole = SubModel.whole(manifest);
    SubModel empty = SubModel.empty(manifest);

    Set<Integer> both = setOf(a);
    both.retainAll(setOf(b));
    Set<Integer> either = setOf(a);
    either.addAll(setOf(b));
    Set<Integer> missing = setOf(a);
    missing.removeAll(setOf(b));
    assertEquals(both, setOf(a.intersection(b)));
    assertEquals(either, setOf(a.union(b)));
    assertEquals(missing, a.missingFrom(b).boxed().collect(Collectors.toSet()));

    assertEquals(a.union(b), b.union(a));
    assertEquals(a.intersection(b), b.intersection(a));
    assertEquals(a.union(b.union(c)), a.union(b).union(c));
    assertEquals(a.intersection(b.union(c)), a.intersection(b).union(a.intersection(c)));
    assertEquals(a, a.union(a.intersection(b)));
    assertEquals(a, a.intersection(a.union(b)));
    assertEquals(whole, a.union(whole));
    assertEquals(empty, a.intersection(empty));
    for (SubModel model : new SubModel[] {a.union(b), a.intersection(b)}) {
      assertEquals(model, SubModel.usableOf(manifest, bits(model)), "a sub-model again");
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void anUpgradeAddsExactlyTheMissingBytes(long seed) {
    Manifest manifest = new RandomPackage(seed).manifest();
    BitSet[] some = subsets(manifest, seed);
    SubModel held = SubModel.closureOf(manifest, some[0].stream());
    SubModel wanted = SubModel.closureOf(manifest, some[1].stream());
    int[] missing = wanted.missingFrom(held).toArray();
    long bytes = IntStream.of(missing).mapToLong(i -> manifest.chunks().get(i).size()).sum();
    assertEquals(held.union(wanted).bytes(), held.bytes() + bytes);
    BitSet arriving = bits(held);
    for (int chunk : missing) {
      arriving.set(chunk);
      assertEquals(
          arriving.cardinality(),
          SubModel.usableOf(manifest, arriving).size(),
          "every chunk is of use when it arrives");
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void inclusionIsAPartialOrder(long seed) {
    Manifest manifest = new RandomPackage(seed).manifest();
    BitSet[] some = subsets(manifest, seed);
    SubModel a = SubModel.closureOf(manifest, some[0].stream());
    SubModel b = SubModel.closureOf(manifest, some[1].stream());
    assertTrue(a.includes(a));
    assertEquals(setOf(a).containsAll(setOf(b)), a.includes(b));
    assertEquals(a.includes(b) && b.includes(a), a.equals(b));
    assertTrue(a.union(b).includes(a) && a.includes(a.intersection(b)));
    assertEquals(a.includes(b), a.union(b).equals(a));
    if (a.equals(b)) {
      assertEquals(a.hashCode(), b.hashCode());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void everyPrefixIsASubModelAndGrows(long seed) {
    Manifest manifest = new RandomPackage(seed).manifest();
    SubModel previous = SubModel.empty(manifest);
    int[] groups = new int[manifest.tensors().size()];
    java.util.Arrays.fill(groups, -1);
    for (int count = 0; count <= manifest.chunks().size(); count++) {
      SubModel prefix = SubModel.prefix(manifest, count);
      assertEquals(prefix, SubModel.usableOf(manifest, bits(prefix)));
      assertTrue(prefix.includes(previous));
      assertTrue(prefix.runnableSegments() >= previous.runnableSegments());
      assertTrue(prefix.weights() >= previous.weights());
      assertEquals(prefix, SubModel.prefixOfBytes(manifest, prefix.bytes()));
      if (count > 0) {
        assertEquals(previous, SubModel.prefixOfBytes(manifest, prefix.bytes() - 1));
      }
      for (int tensor = 0; tensor < groups.length; tensor++) {
        int group = prefix.groupOf(tensor);
        assertTrue(group >= groups[tensor] || prefix.size() == 0);
        groups[tensor] = group;
      }
      previous = prefix;
    }
    assertEquals(SubModel.whole(manifest), previous);
    assertEquals(manifest.segments().size(), previous.runnableSegments());
    assertEquals(manifest.weightCount(), previous.weights());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void aTensorsGroupIsThatOfItsWorstBlock(long seed) {
    RandomPackage random = new RandomPackage(seed);
    Manifest manifest = random.manifest();
    for (BitSet held : subsets(manifest, seed)) {
      SubModel model = SubModel.usableOf(manifest, held);
      for (int tensor = 0; tensor < manifest.tensors().size(); tensor++) {
        int expected = manifest.losslessGroup();
        int end = manifest.blocks().firstBlock(tensor + 1);
        for (int block = manifest.blocks().firstBlock(tensor); block < end; block++) {
          int ofBlock = naiveGroup(random, model, block);
          assertEquals(ofBlock, model.groupOfBlock(block));
          expected = Math.min(expected, ofBlock);
        }
        assertEquals(expected, model.groupOf(tensor));
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void depthAndGroupAreWhatIsAskedForAndNoMore(long seed) {
    RandomPackage random = new RandomPackage(seed);
    Manifest manifest = random.manifest();
    for (int depth = 1; depth <= manifest.segments().size(); depth++) {
      for (int group = 0; group <= manifest.losslessGroup(); group++) {
        SubModel model = SubModel.of(manifest, depth, group);
        assertTrue(model.runnableSegments() >= depth);
        Set<Integer> wanted = new HashSet<>();
        for (SegmentSpec segment : manifest.segments().subList(0, depth)) {
          for (int tensor : segment.tensors()) {
            assertTrue(model.groupOf(tensor) >= group);
            addChunks(manifest, tensor, group, wanted);
          }
        }
        assertEquals(naiveClosure(random, wanted), setOf(model));
      }
    }
  }

  @Test
  void whatThePackageLacksIsRefused() {
    Manifest manifest = new RandomPackage(3).manifest();
    int count = manifest.chunks().size();
    assertInvalid(() -> SubModel.prefix(manifest, count + 1));
    assertInvalid(() -> SubModel.prefix(manifest, -1));
    assertInvalid(() -> SubModel.closureOf(manifest, IntStream.of(count)));
    assertInvalid(() -> SubModel.closureOf(manifest, IntStream.of(-1)));
    assertInvalid(() -> SubModel.of(manifest, 0, 0));
    assertInvalid(() -> SubModel.of(manifest, manifest.segments().size() + 1, 0));
    assertInvalid(() -> SubModel.of(manifest, 1, manifest.losslessGroup() + 1));
  }

  @Test
  void chunksTheManifestLacksAreOfNoUse() {
    Manifest manifest = new RandomPackage(3).manifest();
    BitSet held = new BitSet();
    held.set(0, manifest.chunks().size() + 100);
    assertEquals(SubModel.whole(manifest), SubModel.usableOf(manifest, held));
  }

  @Test
  void subModelsOfTwoPackagesDoNotMix() {
    SubModel a = SubModel.whole(new RandomPackage(3).manifest());
    SubModel b = SubModel.whole(new RandomPackage(3).manifest());
    assertThrows(IllegalArgumentException.class, () -> a.union(b));
    assertThrows(IllegalArgumentException.class, () -> a.includes(b));
    assertFalse(a.equals(b));
  }

  @Test
  void theArgumentAndTheResultStayApart() {
    Manifest manifest = new RandomPackage(7, 12).manifest();
    BitSet held = new BitSet();
    held.set(0, manifest.chunks().size());
    SubModel model = SubModel.usableOf(manifest, held);
    held.clear();
    SubModel base = SubModel.of(manifest, 1, 0);
    int before = base.size();
    base.union(model);
    assertEquals(manifest.chunks().size(), model.size());
    assertEquals(before, base.size());
  }

  private static void assertInvalid(Runnable call) {
    assertEquals(Reason.INVALID, assertThrows(ElasticException.class, call::run).reason());
  }

  private static void addChunks(Manifest manifest, int tensor, int group, Set<Integer> into) {
    int end = manifest.blocks().firstBlock(tensor + 1);
    for (int block = manifest.blocks().firstBlock(tensor); block < end; block++) {
      for (int g = 0; g <= group; g++) {
        int chunk = manifest.lattice().chunkOf(block, g);
        if (chunk >= 0) {
          into.add(chunk);
        }
      }
    }
  }

  private static int naiveGroup(RandomPackage random, SubModel model, int block) {
    Manifest manifest = random.manifest();
    int group = -1;
    while (group < manifest.losslessGroup()) {
      int next = group + 1;
      boolean there =
          model
              .indices()
              .mapToObj(manifest.chunks()::get)
              .anyMatch(chunk -> chunk.group() == next && chunk.covers(block));
      if (random.hasContent(block, next) && !there) {
        return group;
      }
      group = next;
    }
    return group;
  }

  private static Set<Integer> naiveClosure(RandomPackage random, Set<Integer> chunks) {
    Set<Integer> closed = new TreeSet<>(chunks);
    Set<Integer> added = closed;
    while (!added.isEmpty()) {
      Set<Integer> next = new TreeSet<>();
      added.forEach(chunk -> next.addAll(random.naiveNeeds(chunk)));
      next.removeAll(closed);
      closed.addAll(next);
      added = next;
    }
    return closed;
  }

  private static BitSet[] subsets(Manifest manifest, long seed) {
    Random random = new Random(seed);
    BitSet[] subsets = new BitSet[6];
    for (int i = 0; i < subsets.length; i++) {
      int of = 1 + random.nextInt(5);
      subsets[i] = new BitSet();
      for (int chunk = 0; chunk < manifest.chunks().size(); chunk++) {
        subsets[i].set(chunk, random.nextInt(5) < of);
      }
    }
    return subsets;
  }

  private static Set<Integer> set(BitSet bits) {
    return bits.stream().boxed().collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<Integer> setOf(SubModel model) {
    return model.indices().boxed().collect(Collectors.toCollection(TreeSet::new));
  }

  private static BitSet bits(SubModel model) {
    BitSet bits = new BitSet();
    model.indices().forEach(bits::set);
    return bits;
  }
}
