package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The counters against a simple model: sub-models counted anew after every step. */
class ProgressTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void countsLikeSubModels(long seed) throws Exception {
    TestPackage pack = TestPackage.shuffled("skip", seed);
    Manifest manifest = pack.manifest();
    Random random = new Random(seed);
    int chunks = manifest.chunks().size();
    Progress progress = new Progress(manifest, new PackageIndex(manifest));
    SubModel starter = SubModel.prefix(manifest, random.nextInt(chunks));
    SubModel target = SubModel.prefix(manifest, random.nextInt(chunks) + 1).union(starter);
    progress.expect(starter, target);
    BitSet held = new BitSet();
    BitSet bad = new BitSet();
    for (int step = 0; step < 2 * chunks; step++) {
      int chunk = random.nextInt(chunks);
      if (random.nextInt(40) == 0) {
        bad.set(chunk);
        held.clear(chunk);
        BitSet before = (BitSet) held.clone();
        held = bits(SubModel.usableOf(manifest, held));
        before.andNot(held);
        assertEquals(before, progress.bad(chunk), "seed " + seed);
      } else if (progress.canDecode(chunk)) {
        held.set(chunk);
        bad.clear(chunk);
        progress.add(chunk);
      }
      compare(manifest, progress, held, bad, starter, target, "seed " + seed + " step " + step);
    }
  }

  private static void compare(
      Manifest manifest,
      Progress progress,
      BitSet held,
      BitSet bad,
      SubModel starter,
      SubModel target,
      String where) {
    SubModel have = SubModel.usableOf(manifest, held);
    BitSet good = new BitSet();
    good.set(0, manifest.chunks().size());
    good.andNot(bad);
    SubModel usable = SubModel.usableOf(manifest, good);
    for (int i = 0; i < manifest.segments().size(); i++) {
      int segment = i;
      int group =
          manifest.segments().get(segment).tensors().stream()
              .mapToInt(have::groupOf)
              .min()
              .orElse(manifest.losslessGroup());
      assertEquals(group, progress.groupOf(segment), where);
      boolean ready =
          have.canRun(segment)
              && starter
                  .indices()
                  .filter(usable::contains)
                  .filter(c -> touches(manifest, segment, c))
                  .allMatch(held::get);
      assertEquals(ready, progress.canOpen(segment), where);
    }
    assertEquals(
        target.indices().filter(usable::contains).allMatch(held::get), progress.settled(), where);
    assertEquals(target.indices().allMatch(held::get), progress.complete(), where);
  }

  private static boolean touches(Manifest manifest, int segment, int chunk) {
    return manifest.lattice().blocksOf(chunk).stream()
        .anyMatch(b -> manifest.segments().get(segment).tensors().contains(b.tensorIndex()));
  }

  private static BitSet bits(SubModel model) {
    BitSet bits = new BitSet();
    model.indices().forEach(bits::set);
    return bits;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void arrivalsComeOutOnceEachAfterWhatTheyNeed(long seed) throws Exception {
    TestPackage pack = TestPackage.shuffled("skip", seed);
    Manifest manifest = pack.manifest();
    Random random = new Random(seed);
    SubModel starter = SubModel.closureOf(manifest, random.ints(5, 0, manifest.chunks().size()));
    ArrivalQueue queue = new ArrivalQueue();
    BitSet out = new BitSet();
    int[] order = IntStream.range(0, manifest.chunks().size()).toArray();
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[other];
      order[other] = swap;
    }
    for (int chunk : order) {
      queue.add(chunk, starter.contains(chunk));
      if (random.nextInt(10) == 0) {
        queue.resort(starter::contains);
      }
      if (random.nextBoolean()) {
        drain(queue, manifest, out, seed);
      }
    }
    drain(queue, manifest, out, seed);
    assertEquals(order.length, out.cardinality(), "seed " + seed);
  }

  private static void drain(ArrivalQueue queue, Manifest manifest, BitSet out, long seed) {
    int chunk = queue.poll(c -> IntStream.of(manifest.lattice().needs(c)).allMatch(out::get));
    while (chunk >= 0) {
      assertFalse(out.get(chunk), "seed " + seed);
      out.set(chunk);
      chunk = queue.poll(c -> IntStream.of(manifest.lattice().needs(c)).allMatch(out::get));
    }
  }
}
