package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.ContentLayout.Piece;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Plan.Content;
import dev.insitu.elastic.plan.Plan.Expected;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import dev.insitu.elastic.plan.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContentLayoutTest {

  private static final TestPackage PACKAGE = TestPackage.random("chain", "1", 20, 32, 1);

  private static Plan plan(List<Range> ranges, long manifestBytes, long chunkBytes) {
    Content content =
        new Content(PACKAGE.digest(), ManifestForm.WHOLE, Optional.empty(), false, ranges);
    Expected nothing =
        new Expected(OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());
    return new Plan("chain", "1", content, manifestBytes, chunkBytes, 0, 0, nothing, "", List.of());
  }

  private static long bytes(List<Range> ranges) {
    return Range.indices(ranges).mapToLong(i -> PACKAGE.chunk(i).length).sum();
  }

  @Test
  void chunksLieOneAfterAnotherInThePlansOrder() {
    List<Range> ranges = List.of(new Range(5, 8), new Range(0, 2));
    ContentLayout layout = ContentLayout.of(plan(ranges, 1000, bytes(ranges)), PACKAGE.manifest);
    assertEquals(5, layout.pieces().size());
    assertEquals(1000, layout.pieces().get(0).offset());
    assertEquals(5, layout.pieces().get(0).chunk());
    assertEquals(1, layout.pieces().get(4).chunk());
    assertEquals(1000 + bytes(ranges), layout.bytes());
  }

  @Test
  void refusesPlansThatContradictTheManifest() {
    List<Range> beyond = List.of(new Range(15, 21));
    assertThrows(
        ElasticException.class, () -> ContentLayout.of(plan(beyond, 0, 10), PACKAGE.manifest));
    List<Range> twice = List.of(new Range(0, 20), new Range(0, 20));
    assertThrows(
        ElasticException.class,
        () -> ContentLayout.of(plan(twice, 0, bytes(twice)), PACKAGE.manifest));
    List<Range> some = List.of(new Range(0, 3));
    assertThrows(
        ElasticException.class,
        () -> ContentLayout.of(plan(some, 0, bytes(some) + 1), PACKAGE.manifest));
  }

  @Test
  void missingIntervalsCoverExactlyWhatIsMissing() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      List<Range> ranges = List.of(new Range(0, 1 + random.nextInt(20)));
      long manifestBytes = random.nextInt(3000);
      ContentLayout layout =
          ContentLayout.of(plan(ranges, manifestBytes, bytes(ranges)), PACKAGE.manifest);
      Set<Digest> held = new HashSet<>();
      Map<Digest, Integer> parts = new HashMap<>();
      for (Piece piece : layout.pieces()) {
        switch (random.nextInt(3)) {
          case 0 -> held.add(piece.digest());
          case 1 -> parts.put(piece.digest(), random.nextInt(piece.size()));
          default -> {}
        }
      }
      int readOver = random.nextInt(9000);
      List<Interval> missing =
          layout.missing(held::contains, digest -> parts.getOrDefault(digest, 0), readOver);
      check(layout, held, parts, missing, readOver, "seed " + seed + ", round " + round);
    }
  }

  private static void check(
      ContentLayout layout,
      Set<Digest> held,
      Map<Digest, Integer> parts,
      List<Interval> missing,
      int readOver,
      String context) {
    long needed = 0;
    List<Interval> wanted = new ArrayList<>();
    for (Piece piece : layout.pieces()) {
      if (!held.contains(piece.digest())) {
        long from = piece.offset() + parts.getOrDefault(piece.digest(), 0);
        needed += piece.end() - from;
        wanted.add(new Interval(from, piece.end()));
      }
    }
    for (Interval want : wanted) {
      assertTrue(
          missing.stream().anyMatch(i -> i.from() <= want.from() && want.to() <= i.to()), context);
    }
    long read = missing.stream().mapToLong(Interval::length).sum();
    assertTrue(read >= needed, context);
    assertTrue(read <= needed + (long) readOver * layout.pieces().size(), context);
    for (int i = 1; i < missing.size(); i++) {
      assertTrue(missing.get(i).from() - missing.get(i - 1).to() > readOver, context);
    }
  }
}
