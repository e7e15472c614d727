package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElasticException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProfileCodecTest {

  @Test
  void profilesComeBack() {
    List<Profile.Point> points = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      points.add(new Profile.Point(i, 10L * i, 0.1 * i, i / 1000.0, OptionalDouble.of(0.5)));
    }
    Profile profile = new Profile(3, points);
    assertEquals(profile, ProfileCodec.read(ProfileCodec.write(profile)));
    assertEquals(Profile.unmeasured(), ProfileCodec.read(new byte[0]));
  }

  @Test
  void profilesOfExitsComeBack() {
    List<Profile.Point> points = List.of(new Profile.Point(3, 9, 2, 0.5, OptionalDouble.empty()));
    Profile profile =
        new Profile(
            3,
            points,
            List.of(
                new Profile.Exit(0, OptionalDouble.of(0.25), points),
                new Profile.Exit(4, OptionalDouble.empty(), List.of())),
            List.of(
                new Profile.Early(0.005, ExitPolicy.confidence(0.9, 2), 0.8, -0.01),
                new Profile.Early(0.01, ExitPolicy.entropy(0.1, -1), 0.7, 0.009)));
    assertEquals(profile, ProfileCodec.read(ProfileCodec.write(profile)));
    assertEquals(0.8, profile.earlyWithin(0.009).orElseThrow().macsShare());
    assertEquals(0.7, profile.earlyWithin(0.5).orElseThrow().macsShare());
    assertEquals(Optional.empty(), profile.earlyWithin(0.001));
  }

  @Test
  void profilesOfWidthsComeBack() {
    List<Profile.Point> points = List.of(new Profile.Point(3, 9, 2, 0.5, OptionalDouble.empty()));
    Profile.Exit exit = new Profile.Exit(0, OptionalDouble.of(0.05), points);
    Profile profile =
        new Profile(3, points)
            .withWidths(
                List.of(
                    new Profile.Width(0.25, OptionalDouble.of(0.06), points, List.of(exit)),
                    new Profile.Width(0.5, OptionalDouble.empty(), List.of(), List.of())));
    assertEquals(profile, ProfileCodec.read(ProfileCodec.write(profile)));
  }

  @Test
  void profilesOfCutsComeBack() {
    CutProfile.Features coarse = new CutProfile.Features(2, 99.5, 0.9, OptionalDouble.of(0.4));
    CutProfile.Features exact = new CutProfile.Features(32, 4000, 1, OptionalDouble.empty());
    Profile profile =
        new Profile(3, List.of())
            .withCuts(
                List.of(
                    new CutProfile(
                        0, 0, 1L << 40, List.of(new CutProfile.Level(0, 0, List.of(coarse)))),
                    new CutProfile(
                        3,
                        7,
                        8,
                        List.of(
                            new CutProfile.Level(2, 1L << 40, List.of(coarse, exact)),
                            new CutProfile.Level(9, 1L << 41, List.of())))));
    assertEquals(profile, ProfileCodec.read(ProfileCodec.write(profile)));
    assertEquals(profile.cuts(), profile.withCosts(List.of()).withWidths(List.of()).cuts());
  }

  @Test
  void theAgreementWithTheRootComesBack() {
    Profile bare = new Profile(3, List.of());
    Profile profile = bare.withRootAgreement(Optional.of(new Profile.RootAgreement(512, 0.98)));
    assertEquals(profile, ProfileCodec.read(ProfileCodec.write(profile)));
    assertEquals(profile.rootAgreement(), profile.withCosts(List.of()).rootAgreement());
    assertEquals(Optional.empty(), ProfileCodec.read(ProfileCodec.write(bare)).rootAgreement());
    for (String root :
        List.of(
            "{}",
            "{\"samples\":0,\"agreement\":1}",
            "{\"samples\":5,\"agreement\":1.01}",
            "{\"samples\":5,\"agreement\":\"all\"}",
            "7")) {
      byte[] json = ("{\"root\":" + root + "}").getBytes(StandardCharsets.US_ASCII);
      assertThrows(ElasticException.class, () -> PlanJson.readProfile(json), root);
    }
  }

  @Test
  void impossibleCutsAreRefused() {
    for (String cut :
        List.of(
            "{\"before\":-1}",
            "{\"deviceMacs\":-5}",
            "{\"levels\":[{\"chunks\":-1}]}",
            "{\"levels\":[{\"features\":[{\"bits\":0}]}]}",
            "{\"levels\":[{\"features\":[{\"bits\":2,\"agreement\":1.5}]}]}",
            "{\"levels\":[{\"features\":[{\"bits\":2,\"bytes\":-1}]}]}",
            "{\"levels\":3}")) {
      byte[] json = ("{\"cuts\":[" + cut + "]}").getBytes(StandardCharsets.US_ASCII);
      assertThrows(ElasticException.class, () -> PlanJson.readProfile(json), cut);
    }
  }

  @Test
  void aProfileWithoutExitsIsWrittenAsBeforeThereWereAny() {
    String text = new String(PlanJson.write(Profile.unmeasured()), StandardCharsets.US_ASCII);
    assertEquals("{\"samples\":0,\"points\":[]}", text);
  }

  @Test
  void profilesOfWidthsAndCostsComeBack() {
    List<Profile.Point> points = List.of(new Profile.Point(3, 9, 2, 0.5, OptionalDouble.empty()));
    List<Profile.Exit> exits = List.of(new Profile.Exit(0, OptionalDouble.of(0.2), points));
    Profile profile =
        new Profile(3, points, exits, List.of())
            .withWidths(List.of(new Profile.Width(0.5, OptionalDouble.of(0.3), points, exits)))
            .withCosts(
                List.of(
                    new ModelCost(1, 0.5, 10, 20, OptionalDouble.of(0.001)),
                    new ModelCost(4, 0.5, 40, 50, OptionalDouble.empty()),
                    new ModelCost(1, 1, 30, 40, OptionalDouble.empty()),
                    new ModelCost(4, 1, 90, 100, OptionalDouble.empty())));
    assertEquals(profile, ProfileCodec.read(ProfileCodec.write(profile)));
    Grid grid = Grid.of(profile);
    assertEquals(
        List.of(10L, 40L, 30L, 90L),
        grid.models().stream().map(model -> model.cost().orElseThrow().macs()).toList());
    String text = new String(PlanJson.write(profile), StandardCharsets.US_ASCII);
    assertTrue(text.contains("\"heldOutPoints\":0"), text);
  }

  @Test
  void aProfileOfBeforeThereWereCostsHasAGridWithoutThem() {
    String text =
        "{\"samples\":5,\"points\":[{\"chunks\":1,\"bytes\":2,\"bitsPerWeight\":3,\"agreement\":0.5}]}";
    Profile profile = ProfileCodec.read(Zstd.compress(text.getBytes(StandardCharsets.US_ASCII)));
    Grid.Model model = Grid.of(profile).models().get(0);
    assertTrue(model.cost().isEmpty() && model.depth().isEmpty());
    assertEquals(1, model.width());
    assertEquals(1, model.points().size());
  }

  @Test
  void nonsenseAboutCostsIsRefused() {
    for (String text :
        List.of(
            "{\"costs\":[{\"depth\":0}]}",
            "{\"costs\":[{\"depth\":1,\"width\":0}]}",
            "{\"costs\":[{\"depth\":1,\"width\":1.1}]}",
            "{\"costs\":[{\"depth\":1,\"macs\":-1}]}",
            "{\"costs\":[{\"depth\":1,\"memoryBytes\":-1}]}",
            "{\"costs\":[{\"depth\":1,\"latencySeconds\":1e99}]}",
            "{\"costs\":[{\"depth\":1,\"latencySeconds\":-1}]}",
            "{\"costs\":3}")) {
      assertRefused(Reason.INVALID, Zstd.compress(text.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  @Test
  void nonsenseAboutExitsIsRefused() {
    for (String text :
        List.of(
            "{\"exits\":[{\"after\":-1}]}",
            "{\"exits\":[{\"after\":0,\"macsShare\":-3}]}",
            "{\"exits\":7}",
            "{\"widths\":[{\"share\":1.5}]}",
            "{\"widths\":[{\"share\":0.5,\"macsShare\":-1}]}",
            "{\"early\":[{\"budget\":2}]}",
            "{\"early\":[{\"measure\":\"mood\"}]}",
            "{\"early\":[{\"thresholds\":[7]}]}")) {
      assertRefused(Reason.INVALID, Zstd.compress(text.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  @Test
  void anythingButOneFrameIsRefused() {
    byte[] object = ProfileCodec.write(Profile.unmeasured());
    byte[] twice = Arrays.copyOf(object, 2 * object.length);
    System.arraycopy(object, 0, twice, object.length, object.length);
    assertRefused(Reason.CORRUPT, twice);
    assertRefused(Reason.CORRUPT, Arrays.copyOf(object, object.length - 1));
    assertRefused(Reason.CORRUPT, new byte[] {'{', '}'});
  }

  @Test
  void whatExpandsBeyondProportionIsRefused() {
    assertRefused(Reason.LIMIT, Zstd.compress(new byte[10 << 20]));
    byte[] noise = new byte[PlanJson.MAX_BYTES + 1];
    new Random(1).nextBytes(noise);
    assertRefused(Reason.LIMIT, Zstd.compress(noise, 1));
  }

  @Test
  void whatIsNoProfileIsRefused() {
    assertRefused(Reason.INVALID, Zstd.compress("[]".getBytes(StandardCharsets.US_ASCII)));
  }

  private static void assertRefused(Reason reason, byte[] object) {
    ElasticException refused =
        assertThrows(ElasticException.class, () -> ProfileCodec.read(object));
    assertEquals(reason, refused.reason(), refused.getMessage());
  }
}
