package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.RandomPackage;
import dev.insitu.elastic.SegmentSpec;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Wishes.Held;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlanMakerTest {

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void withoutLimitsEverythingIsSentOnce(long seed) {
    Versions versions = new Versions(seed);
    Plan plan = versions.maker().plan(Wishes.everything());
    int[] sent = Range.indices(plan.content().chunks()).sorted().toArray();
    assertArrayEquals(IntStream.range(0, versions.manifest.chunks().size()).toArray(), sent);
    assertEquals(ManifestForm.WHOLE, plan.content().form());
    assertEquals(versions.manifest.chunkBytes(), plan.chunkBytes());
    assertEquals(Versions.WHOLE_BYTES, plan.manifestBytes());
    assertEquals(OptionalDouble.of(1), plan.expected().agreement());
    assertEquals(List.of(), plan.refused());
    assertEquals("the whole reference was asked for", plan.reason());
    plan.requireFits(versions.manifest);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void everyLimitHoldsAndTheNextChunkWouldBreakOne(long seed) {
    Random random = new Random(seed);
    Versions versions = new Versions(seed);
    Manifest manifest = versions.manifest;
    for (int i = 0; i < 20; i++) {
      Wishes wishes = randomLimits(random, manifest);
      SubModel have = SubModel.empty(manifest);
      if (random.nextBoolean()) {
        have = randomModel(manifest, random);
        wishes = wishes.withHeld(new Held(versions.digest, Range.of(have.indices())));
      }
      assertLimits(versions, wishes, have);
    }
  }

  private static void assertLimits(Versions versions, Wishes wishes, SubModel have) {
    Manifest manifest = versions.manifest;
    boolean holdsManifest = wishes.held().isPresent();
    int depth = wishes.depth().orElse(manifest.segments().size());
    SubModel least = SubModel.of(manifest, depth, 0);
    SubModel deep =
        wishes.depth().isPresent()
            ? SubModel.of(manifest, depth, manifest.losslessGroup())
            : SubModel.whole(manifest);
    long most = wishes.maxBytes().orElse(Long.MAX_VALUE);
    if (wishes.bits().isPresent()) {
      most = Math.min(most, (long) (wishes.bits().getAsDouble() * deep.weights() / 8));
    }
    long arriving = Long.MAX_VALUE;
    if (wishes.deadline().isPresent()) {
      double seconds = wishes.deadline().get().toNanos() * 1e-9;
      long bytes = (long) (wishes.rate().getAsDouble() * seconds / 8);
      arriving = Math.max(0, bytes - (holdsManifest ? 0 : Versions.WHOLE_BYTES));
    }
    if (least.bytes() > most || missingBytes(least, have) > arriving) {
      ElasticException refused =
          assertThrows(ElasticException.class, () -> versions.maker().plan(wishes));
      assertEquals(Reason.INVALID, refused.reason());
      assertTrue(refused.getMessage().contains("" + least.bytes()));
      return;
    }
    Plan plan = versions.maker().plan(wishes);
    plan.requireFits(manifest);
    SubModel target = versions.maker().choose(wishes);
    assertTrue(target.runnableSegments() >= depth);
    assertTrue(deep.includes(target) && target.includes(least));
    assertTrue(target.bytes() <= most && plan.chunkBytes() <= arriving);
    assertEquals(missingBytes(target, have), plan.chunkBytes());
    assertEquals(setOf(target.missingFrom(have)), setOf(Range.indices(plan.content().chunks())));
    PrimitiveIterator.OfInt next = deep.missingFrom(target).iterator();
    assertEquals(next.hasNext(), !plan.refused().isEmpty());
    if (next.hasNext()) {
      int chunk = next.nextInt();
      int size = manifest.chunks().get(chunk).size();
      assertTrue(
          target.bytes() + size > most
              || plan.chunkBytes() + (have.contains(chunk) ? 0 : size) > arriving);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void everyPrefixOfTheStreamIsOfUse(long seed) {
    Random random = new Random(seed);
    Versions versions = new Versions(seed);
    SubModel have = randomModel(versions.manifest, random);
    Plan plan =
        versions
            .maker()
            .plan(
                Wishes.everything()
                    .withStartAgreement(random.nextDouble())
                    .withHeld(new Held(versions.digest, Range.of(have.indices()))));
    BitSet arrived = bits(have);
    for (int chunk : Range.indices(plan.content().chunks()).toArray()) {
      assertFalse(arrived.get(chunk), "a chunk the device holds");
      arrived.set(chunk);
      assertEquals(arrived.cardinality(), SubModel.usableOf(versions.manifest, arrived).size());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void segmentsOfTheStarterBecomeRunnableInOrderWithNothingForLaterOnesBefore(long seed) {
    Random random = new Random(seed);
    Versions versions = new Versions(seed);
    Manifest manifest = versions.manifest;
    Wishes wishes = Wishes.everything().withStartAgreement(random.nextDouble());
    if (random.nextBoolean()) {
      wishes = wishes.withDepth(1 + random.nextInt(manifest.segments().size()));
    }
    Plan plan = versions.maker().plan(wishes);
    int depth = wishes.depth().orElse(manifest.segments().size());
    int[] order = Range.indices(plan.content().chunks()).toArray();
    BitSet starter = new BitSet();
    IntStream.of(order).limit(plan.starterChunks()).forEach(starter::set);
    assertTrue(SubModel.usableOf(manifest, starter).runnableSegments() >= depth);

    int sent = 0;
    BitSet arrived = new BitSet();
    for (int segment = 0; segment < depth; segment++) {
      BitSet due = new BitSet();
      for (SegmentSpec before : manifest.segments().subList(0, segment + 1)) {
        before.tensors().forEach(tensor -> chunksOf(manifest, tensor, starter, due));
      }
      SubModel needed = SubModel.closureOf(manifest, due.stream());
      while (sent < needed.size()) {
        arrived.set(order[sent++]);
      }
      assertEquals(bits(needed), arrived, "exactly the chunks of the segments so far");
      assertTrue(SubModel.usableOf(manifest, arrived).runnableSegments() > segment);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void withoutAProfileTheStarterHasAtLeastThreeBitsAWeight(long seed) {
    Versions versions = new Versions(seed);
    Manifest manifest = versions.manifest;
    Plan plan =
        new PlanMaker(manifest, versions.digest, Profile.unmeasured(), versions)
            .plan(Wishes.everything());
    int[] order = Range.indices(plan.content().chunks()).toArray();
    long bytes =
        IntStream.of(order)
            .limit(plan.starterChunks())
            .mapToLong(chunk -> manifest.chunks().get(chunk).size())
            .sum();
    long all = manifest.chunks().stream().mapToLong(ChunkSpec::size).sum();
    assertTrue(8 * bytes >= Math.min(3 * manifest.weightCount(), 8 * all));
  }

  private static void chunksOf(Manifest manifest, int tensor, BitSet of, BitSet into) {
    for (int group = 0; group <= manifest.losslessGroup(); group++) {
      manifest.lattice().chunksOf(tensor, group).filter(of::get).forEach(into::set);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void anUpgradeIsExactlyWhatIsMissing(long seed) {
    Random random = new Random(seed);
    Versions versions = new Versions(seed);
    SubModel have = randomModel(versions.manifest, random);
    List<Range> useless = new ArrayList<>(Range.of(have.indices()));
    Collections.shuffle(useless, random);
    Plan plan =
        versions.maker().plan(Wishes.everything().withHeld(new Held(versions.digest, useless)));
    assertEquals(ManifestForm.HELD, plan.content().form());
    assertEquals(0, plan.manifestBytes());
    assertEquals(
        setOf(SubModel.whole(versions.manifest).missingFrom(have)),
        setOf(Range.indices(plan.content().chunks())));
    assertEquals(
        have.size() == versions.manifest.chunks().size(),
        plan.reason().equals("the device already holds it"));
  }

  @Test
  void chunksHeldWithoutWhatTheyNeedDoNotCount() {
    Versions versions = new Versions(7, 12);
    Manifest manifest = versions.manifest;
    int refining =
        IntStream.range(0, manifest.chunks().size())
            .filter(chunk -> manifest.lattice().needs(chunk).length > 0)
            .findFirst()
            .orElseThrow();
    Held held = new Held(versions.digest, List.of(new Range(refining, refining + 1)));
    Plan plan = versions.maker().plan(Wishes.everything().withHeld(held));
    assertEquals(manifest.chunkBytes(), plan.chunkBytes());
  }

  @Test
  void whatADeviceClaimsToHoldIsClipped() {
    Versions versions = new Versions(7);
    List<Range> claims = Collections.nCopies(100_000, new Range(0, Integer.MAX_VALUE));
    Plan same =
        versions.maker().plan(Wishes.everything().withHeld(new Held(versions.digest, claims)));
    assertEquals(0, same.bytes());
    Plan update =
        versions
            .maker()
            .plan(Wishes.everything().withHeld(new Held(versions.earlierDigest, claims)));
    assertEquals(ManifestForm.PATCH, update.content().form());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void anUpdateSendsThePatchAndTheChangedChunks(long seed) {
    Random random = new Random(seed);
    Versions versions = new Versions(seed);
    SubModel had = randomModel(versions.earlier, random);
    Held held = new Held(versions.earlierDigest, Range.of(had.indices()));
    Plan plan = versions.maker().plan(Wishes.everything().withHeld(held));
    assertEquals(ManifestForm.PATCH, plan.content().form());
    assertEquals(Versions.PATCH_BYTES, plan.manifestBytes());
    assertEquals(versions.earlierDigest, plan.content().base().orElseThrow());
    BitSet kept = new BitSet();
    List<?> digests = had.chunkList().stream().map(chunk -> chunk.digest()).toList();
    for (int i = 0; i < versions.manifest.chunks().size(); i++) {
      kept.set(i, digests.contains(versions.manifest.chunks().get(i).digest()));
    }
    SubModel usable = SubModel.usableOf(versions.manifest, kept);
    assertEquals(
        setOf(SubModel.whole(versions.manifest).missingFrom(usable)),
        setOf(Range.indices(plan.content().chunks())));
  }

  @Test
  void aPatchThatIsNoShorterIsNotSent() {
    Versions versions = new Versions(7).withPatchBytes(Versions.WHOLE_BYTES);
    Held held = new Held(versions.earlierDigest, List.of());
    Plan plan = versions.maker().plan(Wishes.everything().withHeld(held));
    assertEquals(ManifestForm.WHOLE, plan.content().form());
    assertTrue(plan.content().base().isEmpty());
    assertEquals(Versions.WHOLE_BYTES, plan.manifestBytes());
  }

  @Test
  void anUnknownEarlierVersionIsOfNoUse() {
    Versions versions = new Versions(7);
    Held held = new Held(Versions.digest("unknown"), List.of(new Range(0, 1)));
    Plan plan = versions.maker().plan(Wishes.everything().withHeld(held));
    assertEquals(ManifestForm.WHOLE, plan.content().form());
    assertEquals(versions.manifest.chunkBytes(), plan.chunkBytes());
    assertEquals(plan.id(), versions.maker().plan(Wishes.everything()).id());
  }

  @Test
  void theSmallerOfDifferenceAndChunksIsSent() {
    Versions small = new Versions(7, 12).withDifference(2);
    Plan plan = small.maker().plan(Wishes.everything().withHeld(small.wholeEarlier()));
    assertTrue(plan.content().difference());
    assertEquals(2, plan.chunkBytes());
    assertEquals(1, plan.starterChunks());
    assertEquals(OptionalDouble.of(1), plan.expected().agreement());
    plan.requireFits(small.manifest);

    long missing = new Versions(7, 12).missingBytes();
    Versions large = new Versions(7, 12).withDifference((int) missing);
    plan = large.maker().plan(Wishes.everything().withHeld(large.wholeEarlier()));
    assertFalse(plan.content().difference());
    assertEquals(missing, plan.chunkBytes());
  }

  @Test
  void aDifferenceNeedsTheWholeEarlierVersion() {
    Versions versions = new Versions(7, 12).withDifference(2);
    int count = versions.earlier.chunks().size();
    Held held = new Held(versions.earlierDigest, List.of(new Range(0, count - 1)));
    assertFalse(versions.maker().plan(Wishes.everything().withHeld(held)).content().difference());
  }

  @Test
  void aDifferenceIsSentWhereNothingElseIsInTime() {
    Versions versions = new Versions(7, 12).withDifference(2);
    Wishes wishes =
        Wishes.everything()
            .withDeadline(Duration.ofSeconds(8), Versions.PATCH_BYTES + 2)
            .withHeld(versions.wholeEarlier());
    Plan plan = versions.maker().plan(wishes);
    assertTrue(plan.content().difference());
    assertTrue(plan.reason().contains("nothing else within the limits runs"));
    Wishes shorter = wishes.withDeadline(Duration.ofSeconds(8), Versions.PATCH_BYTES + 1);
    assertEquals(
        Reason.INVALID,
        assertThrows(ElasticException.class, () -> versions.maker().plan(shorter)).reason());
  }

  @Test
  void moreSegmentsThanThereAreAreRefused() {
    Versions versions = new Versions(7);
    Wishes deep = Wishes.everything().withDepth(versions.manifest.segments().size() + 1);
    assertEquals(
        Reason.INVALID,
        assertThrows(ElasticException.class, () -> versions.maker().plan(deep)).reason());
  }

  @Test
  void theProfileSaysWhereInferenceBegins() {
    Versions versions = new Versions(2, 12);
    int all = versions.manifest.chunks().size();
    Profile profile =
        new Profile(
            100,
            List.of(
                point(all / 3, 0.95),
                point(all / 2, 0.5),
                point(all * 3 / 4, 0.92),
                point(all, 1)));
    Plan plan = versions.maker(profile).plan(Wishes.everything().withStartAgreement(0.9));
    SubModel start =
        SubModel.prefix(versions.manifest, all * 3 / 4)
            .union(SubModel.of(versions.manifest, versions.manifest.segments().size(), 0));
    assertTrue(start.size() < all);
    assertEquals(start.size(), plan.starterChunks(), "a lucky small prefix is not believed");
    assertEquals(start.bytes(), plan.starterBytes());
    assertTrue(plan.expected().startAgreement().getAsDouble() >= 0.92);
    Plan later = versions.maker(profile).plan(Wishes.everything().withStartAgreement(0.99));
    assertEquals(all, later.starterChunks());
    assertEquals(later.starterBytes(), later.chunkBytes());
  }

  @Test
  void aProfileOfMoreChunksThanThereAreIsNoHarm() {
    Versions versions = new Versions(7);
    Profile profile = new Profile(1, List.of(point(Integer.MAX_VALUE, 1)));
    Plan plan = versions.maker(profile).plan(Wishes.everything());
    assertEquals(versions.manifest.chunks().size(), plan.starterChunks());
  }

  @Test
  void aPlanForAnotherManifestDoesNotFit() {
    Versions versions = new Versions(7, 12);
    Plan plan = versions.maker().plan(Wishes.everything());
    int all = versions.manifest.chunks().size();
    assertMisfit(versions, plan, List.of(new Range(0, all + 1)));
    assertMisfit(versions, plan, List.of(new Range(0, all), new Range(0, 1)));
    assertMisfit(versions, plan, List.of(new Range(0, Integer.MAX_VALUE)));
    assertMisfit(versions, plan, List.of(new Range(0, all - 1)));
    Manifest other = new RandomPackage(8, 3).manifest();
    assertThrows(ElasticException.class, () -> plan.requireFits(other));
  }

  private static void assertMisfit(Versions versions, Plan plan, List<Range> chunks) {
    Plan.Content content =
        new Plan.Content(
            versions.digest, ManifestForm.WHOLE, java.util.Optional.empty(), false, chunks);
    Plan changed =
        new Plan(
            plan.model(),
            plan.version(),
            content,
            plan.manifestBytes(),
            plan.chunkBytes(),
            plan.starterChunks(),
            plan.starterBytes(),
            plan.expected(),
            plan.reason(),
            plan.refused());
    assertEquals(
        Reason.CORRUPT,
        assertThrows(ElasticException.class, () -> changed.requireFits(versions.manifest))
            .reason());
  }

  private static Profile.Point point(int chunks, double agreement) {
    return new Profile.Point(chunks, 0, 0, agreement, OptionalDouble.empty());
  }

  private static Wishes randomLimits(Random random, Manifest manifest) {
    Wishes wishes = Wishes.everything();
    long bytes = Math.max(1, manifest.chunkBytes());
    if (random.nextBoolean()) {
      wishes = wishes.withMaxBytes(1 + (long) (random.nextDouble() * bytes));
    }
    if (random.nextBoolean()) {
      wishes = wishes.withDepth(1 + random.nextInt(manifest.segments().size()));
    }
    if (random.nextInt(3) == 0 && manifest.weightCount() > 0) {
      wishes = wishes.withBits((0.1 + random.nextDouble()) * 8 * bytes / manifest.weightCount());
    }
    if (random.nextInt(3) == 0) {
      double all = 8.0 * (bytes + Versions.WHOLE_BYTES);
      wishes = wishes.withDeadline(Duration.ofSeconds(2), (0.1 + random.nextDouble()) * all / 2);
    }
    return wishes;
  }

  private static SubModel randomModel(Manifest manifest, Random random) {
    int of = random.nextInt(5);
    return SubModel.closureOf(
        manifest, IntStream.range(0, manifest.chunks().size()).filter(i -> random.nextInt(4) < of));
  }

  private static long missingBytes(SubModel model, SubModel have) {
    return model.missingFrom(have).mapToLong(i -> model.manifest().chunks().get(i).size()).sum();
  }

  private static BitSet setOf(IntStream indices) {
    BitSet bits = new BitSet();
    indices.forEach(bits::set);
    return bits;
  }

  private static BitSet bits(SubModel model) {
    return setOf(model.indices());
  }
}
