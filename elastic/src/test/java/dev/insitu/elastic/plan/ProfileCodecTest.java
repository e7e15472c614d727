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
