package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.luben.zstd.Zstd;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.ElasticException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    assertEquals(java.util.Optional.empty(), profile.earlyWithin(0.001));
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
  void aProfileWithoutExitsIsWrittenAsBeforeThereWereAny() {
    String text = new String(PlanJson.write(Profile.unmeasured()), StandardCharsets.US_ASCII);
    assertEquals("{\"samples\":0,\"points\":[]}", text);
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
