package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.RandomExits;
import dev.insitu.elastic.RandomPackage;
import dev.insitu.elastic.RandomWidths;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Wishes.Held;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans for packages of several widths. */
class WidthPlanTest {

  private static final Digest DIGEST = Versions.digest("with widths");

  private static Manifest manifest(long seed) {
    Manifest bare = new RandomPackage(seed).manifest();
    return RandomWidths.addTo(RandomExits.addTo(bare, new Random(seed)), new Random(seed));
  }

  private static PlanMaker maker(Manifest manifest, Profile profile) {
    return new PlanMaker(manifest, DIGEST, profile, new PlanMaker.NoOtherVersions(100));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void aWidthIsAnsweredWithWhatItUsesAndNothingElse(long seed) {
    Manifest manifest = manifest(seed);
    PlanMaker maker = maker(manifest, Profile.unmeasured());
    for (int width = 0; width < manifest.widths().size(); width++) {
      Manifest view = manifest.atWidth(width);
      Wishes wishes = Wishes.everything().withWidth(view.share());
      assertEquals(SubModel.whole(view), maker.choose(wishes));
      assertSame(view, maker.choose(wishes).manifest());
      Plan plan = maker.plan(wishes);
      plan.requireFits(manifest);
      assertEquals(view.chunkBytes(), plan.chunkBytes());
      int[] starter = Range.indices(plan.content().chunks()).limit(plan.starterChunks()).toArray();
      SubModel sent = SubModel.closureOf(view, Arrays.stream(starter));
      assertEquals(view.segments().size(), sent.runnableSegments());
      view.exits()
          .forEach(exit -> {
            Wishes early = wishes.withDepth(exit.depth());
            assertEquals(
                SubModel.of(view, exit.depth(), view.losslessGroup()), maker.choose(early));
          });
    }
    assertEquals(SubModel.whole(manifest), maker.choose(Wishes.everything()));
    assertSame(manifest, maker.choose(Wishes.everything()).manifest());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void aBudgetIsSpentInTheCanonicalOrderOfTheWidth(long seed) {
    Manifest manifest = manifest(seed);
    Random random = new Random(seed);
    PlanMaker maker = maker(manifest, Profile.unmeasured());
    for (int width = 0; width < manifest.widths().size(); width++) {
      Manifest view = manifest.atWidth(width);
      SubModel base = SubModel.of(view, view.segments().size(), 0);
      if (view.chunkBytes() == 0) {
        continue;
      }
      long most = Math.max(1, base.bytes() + random.nextInt((int) view.chunkBytes()));
      SubModel chosen =
          maker.choose(Wishes.everything().withWidth(view.share()).withMaxBytes(most));
      assertTrue(chosen.includes(base) && chosen.bytes() <= most);
      BitSet expected = new BitSet();
      base.indices().forEach(expected::set);
      long bytes = base.bytes();
      for (int chunk : SubModel.whole(view).missingFrom(base).toArray()) {
        bytes += manifest.chunks().get(chunk).size();
        if (bytes > most) {
          break;
        }
        expected.set(chunk);
      }
      assertEquals(SubModel.usableOf(view, expected), chosen, "seed " + seed);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void anUpgradeToAWiderModelSendsExactlyWhatIsMissing(long seed) {
    Manifest manifest = manifest(seed);
    PlanMaker maker = maker(manifest, Profile.unmeasured());
    for (int narrow = 0; narrow < manifest.widths().size() - 1; narrow++) {
      SubModel held = SubModel.whole(manifest.atWidth(narrow));
      Held said = new Held(DIGEST, Range.of(held.indices()));
      for (int wide = narrow; wide < manifest.widths().size(); wide++) {
        double share = manifest.widths().get(wide);
        Plan plan = maker.plan(Wishes.everything().withWidth(share).withHeld(said));
        assertEquals(manifest.atWidth(wide).chunkBytes() - held.bytes(), plan.chunkBytes());
        BitSet both = new BitSet();
        held.indices().forEach(both::set);
        Range.indices(plan.content().chunks()).forEach(both::set);
        assertEquals(manifest.atWidth(wide).usedChunks(), both);
      }
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void aWidthThatIsNotThereIsRefused(long seed) {
    Manifest manifest = manifest(seed);
    ElasticException refused =
        assertThrows(
            ElasticException.class,
            () ->
                maker(manifest, Profile.unmeasured()).plan(Wishes.everything().withWidth(0.0004)));
    assertEquals(Reason.INVALID, refused.reason());
    for (double share : new double[] {0, -1, 1.01, Double.NaN}) {
      assertThrows(ElasticException.class, () -> Wishes.everything().withWidth(share));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void whatIsExpectedIsWhatWasMeasuredOfTheWidth(long seed) {
    Manifest manifest = manifest(seed);
    Manifest view = manifest.atWidth(0);
    int all = manifest.chunks().size();
    Profile.Point point = new Profile.Point(all, 1, 1, 0.75, OptionalDouble.of(0.5));
    Profile.Point whole = new Profile.Point(all, 1, 1, 1, OptionalDouble.of(0.9));
    Profile profile =
        new Profile(9, List.of(whole))
            .withWidths(
                List.of(
                    new Profile.Width(
                        view.share(), OptionalDouble.of(0.2), List.of(point), List.of())));
    Plan narrow = maker(manifest, profile).plan(Wishes.everything().withWidth(view.share()));
    assertEquals(OptionalDouble.of(0.75), narrow.expected().agreement());
    assertEquals(OptionalDouble.of(0.5), narrow.expected().accuracy());
    Plan wide = maker(manifest, profile).plan(Wishes.everything());
    assertEquals(OptionalDouble.of(1), wide.expected().agreement());
    assertEquals(OptionalDouble.of(0.9), wide.expected().accuracy());
  }
}
