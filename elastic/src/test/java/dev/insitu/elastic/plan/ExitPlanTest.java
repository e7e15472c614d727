package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.RandomExits;
import dev.insitu.elastic.RandomPackage;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Profile.Exit;
import dev.insitu.elastic.plan.Profile.Point;
import dev.insitu.elastic.plan.Wishes.Held;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans for packages with exits. */
class ExitPlanTest {

  private static final Digest DIGEST = Versions.digest("with exits");

  private static Manifest manifest(long seed) {
    return RandomExits.addTo(new RandomPackage(seed).manifest(), new Random(seed));
  }

  private static PlanMaker maker(Manifest manifest, Profile profile) {
    return new PlanMaker(manifest, DIGEST, profile, new PlanMaker.NoOtherVersions(100));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void aDepthIsAnsweredWithItsExitAndNoOther(long seed) {
    Manifest manifest = manifest(seed);
    PlanMaker maker = maker(manifest, Profile.unmeasured());
    for (int d = 1; d <= manifest.segments().size(); d++) {
      int depth = d;
      Wishes wishes = Wishes.everything().withDepth(depth);
      boolean bare = manifest.exits().isEmpty();
      if (bare || depth == manifest.segments().size() || manifest.exitAt(depth).isPresent()) {
        assertEquals(SubModel.of(manifest, depth, manifest.losslessGroup()), maker.choose(wishes));
        maker.plan(wishes).requireFits(manifest);
      } else {
        ElasticException refused =
            assertThrows(ElasticException.class, () -> maker.plan(wishes), "seed " + seed);
        assertEquals(Reason.INVALID, refused.reason());
        for (ExitSpec exit : manifest.exits()) {
          assertTrue(refused.getMessage().contains("" + exit.depth()), refused.getMessage());
        }
      }
    }
    assertEquals(SubModel.whole(manifest), maker.choose(Wishes.everything()));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void anExitCanAnswerAsSoonAsItsSegmentsHaveArrived(long seed) {
    Manifest manifest = manifest(seed);
    Plan plan = maker(manifest, Profile.unmeasured()).plan(Wishes.everything());
    int[] starter = Range.indices(plan.content().chunks()).limit(plan.starterChunks()).toArray();
    SubModel sent = SubModel.closureOf(manifest, java.util.Arrays.stream(starter));
    SubModel used = SubModel.empty(manifest);
    for (ExitSpec exit : manifest.exits()) {
      used = used.union(SubModel.of(manifest, exit.depth(), manifest.losslessGroup()));
      BitSet first = new BitSet();
      java.util.Arrays.stream(starter).limit(used.intersection(sent).size()).forEach(first::set);
      SubModel arrived = SubModel.usableOf(manifest, first);
      assertEquals(used.intersection(sent), arrived, "seed " + seed);
      assertTrue(arrived.answeringDepth() >= exit.depth(), "seed " + seed);
    }
    assertEquals(manifest.segments().size(), sent.answeringDepth());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void anUpgradeFromADepthToTheWholeSendsExactlyWhatIsMissing(long seed) {
    Manifest manifest = manifest(seed);
    PlanMaker maker = maker(manifest, Profile.unmeasured());
    for (ExitSpec exit : manifest.exits()) {
      SubModel early = maker.choose(Wishes.everything().withDepth(exit.depth()));
      Wishes rest = Wishes.everything().withHeld(new Held(DIGEST, Range.of(early.indices())));
      Plan plan = maker.plan(rest);
      assertEquals(manifest.chunkBytes() - early.bytes(), plan.chunkBytes());
      BitSet both = new BitSet();
      early.indices().forEach(both::set);
      Range.indices(plan.content().chunks()).forEach(both::set);
      assertEquals(manifest.chunks().size(), both.cardinality());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void whatIsExpectedIsWhatWasMeasuredOfTheExit(long seed) {
    Manifest manifest = manifest(seed);
    int all = manifest.chunks().size();
    List<Exit> exits =
        manifest.exits().stream()
            .map(exit ->
                new Exit(
                    exit.after(),
                    OptionalDouble.of(0.3),
                    List.of(point(all / 2, 0.5), point(all, 0.7 + 0.01 * exit.after()))))
            .toList();
    Profile profile = new Profile(9, List.of(point(all, 1)), exits, List.of());
    PlanMaker maker = maker(manifest, profile);
    for (ExitSpec exit : manifest.exits()) {
      Plan plan = maker.plan(Wishes.everything().withDepth(exit.depth()));
      assertEquals(0.7 + 0.01 * exit.after(), plan.expected().agreement().orElseThrow());
      assertTrue(plan.reason().contains("exit"), plan.reason());
    }
    Plan full = maker.plan(Wishes.everything().withDepth(manifest.segments().size()));
    assertEquals(1, full.expected().agreement().orElseThrow());
    SubModel alone = maker.choose(Wishes.everything().withDepth(manifest.segments().size()));
    assertEquals(Optional.of(point(all, 1)), profile.best(alone), "heads are not missed");
  }

  private static Point point(int chunks, double agreement) {
    return new Point(chunks, 10, 1, agreement, OptionalDouble.empty());
  }
}
