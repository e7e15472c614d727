package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelState.Downloaded;
import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.ModelState.OutOfDate;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.Estimate;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.link.LinkProfile;
import dev.insitu.link.RateTrace;
import dev.insitu.link.RateTrace.Step;
import dev.insitu.link.ShapedLink;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * Pulling by a situation: what the server decides, and what becomes of it when the link changes.
 */
class SituationPullTest extends PullTest {

  private static final TestPackage CHAIN = TestPackage.random("chain", "1.0", 6, N, 41);

  private final List<Situation> asked = new CopyOnWriteArrayList<>();

  @Override
  PackageFile publish() throws IOException {
    return server.publish(CHAIN);
  }

  @Override
  DeviceOptions.Builder options(int port) {
    return super.options(port).transport(new HearingTransport(asked));
  }

  private static Situation atMost(long bytes) {
    return Situation.UNKNOWN.withWanted(Wanted.BEST.withMaxBytes(OptionalLong.of(bytes)));
  }

  private static Situation at(double bitsPerSecond) {
    Channel link =
        new Channel(
            Optional.of(Estimate.of(bitsPerSecond)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return Situation.UNKNOWN.withChannel(link);
  }

  private static float[] answer(Model model) {
    return model.run(inputs()).get("v" + CHAIN.layers).floats();
  }

  private static void assertExact(Model model) {
    assertNear(CHAIN.answer(input()), answer(model), 1e-3);
  }

  @Test
  void theBestForADeviceIsPulledAndWhatTheDeviceKnowsIsTold() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(Situation.UNKNOWN);
      assertInstanceOf(UpToDate.class, done(model));
      assertExact(model);
      assertEquals(all, model.counters().received());
      Situation first = asked.get(0);
      assertTrue(first.device().storageBytes().getAsLong() > 0);
      assertTrue(first.device().macsPerSecond().getAsDouble() > 1e6);
      assertTrue(first.held().isEmpty());
      done(model.pull(Situation.UNKNOWN));
      assertEquals(all, model.counters().received());
      Situation second = asked.get(asked.size() - 1);
      assertEquals(file.digest(), second.held().orElseThrow().manifest());
      assertTrue(second.channel().roundTripSeconds().orElseThrow().mean() > 0);
      assertEquals(first.device().macsPerSecond(), second.device().macsPerSecond());
    }
    assertTrue(Files.exists(directory.resolve("device").resolve("speed")));
  }

  @Test
  void whatTheApplicationTellsIsNotOverruled() throws Exception {
    Situation told =
        at(5e6)
            .withDevice(
                Situation.UNKNOWN
                    .device()
                    .withMacsPerSecond(12345)
                    .withSpace(OptionalLong.of(1L << 40), OptionalLong.of(1L << 41)));
    try (Insitu insitu = open(server.port())) {
      assertInstanceOf(UpToDate.class, done(insitu.model("chain").pull(told)));
    }
    assertEquals(told.device(), asked.get(0).device());
    assertEquals(
        told.channel().downlinkBitsPerSecond(), asked.get(0).channel().downlinkBitsPerSecond());
    assertTrue(!Files.exists(directory.resolve("device").resolve("speed")));
  }

  @Test
  void limitsHoldAndALaterPullFetchesWhatIsMissing() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(atMost(all / 2));
      assertInstanceOf(UpToDate.class, done(model));
      assertTrue(model.counters().received() <= all / 2);
      assertEquals(N, answer(model).length);
    }
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(Situation.UNKNOWN);
      assertInstanceOf(UpToDate.class, done(model));
      assertExact(model);
      assertTrue(model.counters().received() < all);
      assertEquals(0, model.counters().repeated());
    }
  }

  @Test
  void theOptionsMayHoldTheSituation() throws Exception {
    try (Insitu insitu = Insitu.open(options(server.port()).situation(atMost(all / 2)).build())) {
      Model model = insitu.model("chain").pull();
      assertInstanceOf(UpToDate.class, done(model));
      assertTrue(model.counters().received() <= all / 2);
    }
  }

  @Test
  void limitsThatContradictAreToldAndWhatServesServesOn() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(atMost(10));
      Failed failed = assertInstanceOf(Failed.class, done(model));
      assertEquals(Reason.INFEASIBLE, failed.reason());
      assertTrue(failed.message().contains("'maxBytes' is 10"), failed.message());
      done(model.pull(Wishes.everything()));
      Situation exact =
          Situation.UNKNOWN.withDevice(
              Situation.UNKNOWN.device().withSpace(OptionalLong.of(10), OptionalLong.empty()));
      assertInstanceOf(Failed.class, done(model.pull(exact)));
      assertExact(model);
    }
  }

  @Test
  void aPullThatWasInterruptedGoesOnWithItsPlan() throws Exception {
    LinkProfile slow = LinkProfile.constant(4_000_000, Duration.ofMillis(2));
    Situation situation = atMost(all - 1000);
    try (ShapedLink link = ShapedLink.to("127.0.0.1", server.port()).down(slow).open();
        Insitu insitu = open(link.port())) {
      Model model = insitu.model("chain").pull(situation);
      Eventually.until(() -> model.counters().received() > all / 3);
    }
    int before = asked.size();
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(situation);
      ModelState state = done(model);
      assertTrue(state instanceof Downloaded, state.toString());
      assertEquals(before, asked.size(), "the plan on the disk was not taken up");
      assertInstanceOf(UpToDate.class, done(model.pull(Situation.UNKNOWN)));
      assertExact(model);
    }
  }

  @Test
  void whenTheTimeIsOverTheBestThatHasArrivedStays() throws Exception {
    LinkProfile slow = LinkProfile.constant(2_000_000, Duration.ofMillis(5));
    try (ShapedLink link = ShapedLink.to("127.0.0.1", server.port()).down(slow).open();
        Insitu insitu = open(link.port())) {
      long begin = System.nanoTime();
      Model model = insitu.model("chain").pull(at(2e6), Duration.ofSeconds(3));
      ModelState state = done(model);
      assertTrue(System.nanoTime() - begin > 0);
      assertTrue(state instanceof Downloaded || state instanceof UpToDate, state.toString());
      long came = model.counters().received();
      assertTrue(came < all, came + " of " + all);
      assertTrue(asked.get(0).wanted().maxBytes().orElseThrow() <= 750_000);
      assertEquals(N, answer(model).length);
    }
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain");
      assertEquals(N, answer(model).length);
      assertInstanceOf(UpToDate.class, done(model.pull(Situation.UNKNOWN)));
      assertExact(model);
    }
  }

  @Test
  void whenNothingCanRunInTimeItIsSaid() throws Exception {
    LinkProfile dead = LinkProfile.constant(40_000, Duration.ofMillis(5));
    try (ShapedLink link = ShapedLink.to("127.0.0.1", server.port()).down(dead).open();
        Insitu insitu = open(link.port())) {
      Model model = insitu.model("chain").pull(Situation.UNKNOWN, Duration.ofMillis(1500));
      Failed failed = assertInstanceOf(Failed.class, done(model));
      assertEquals(Reason.TIME_OVER, failed.reason());
      assertThrows(DeviceException.class, () -> answer(model));
      assertThrows(
          IllegalArgumentException.class, () -> model.pull(Situation.UNKNOWN, Duration.ZERO));
    }
  }

  @Test
  void anEarlierVersionServesOnIfTheNextDoesNotArriveInTime() throws Exception {
    try (Insitu insitu = open(server.port())) {
      assertInstanceOf(UpToDate.class, done(insitu.model("chain").pull()));
    }
    LinkProfile dead = LinkProfile.constant(40_000, Duration.ofMillis(5));
    try (PackageFile next = server.publish(TestPackage.random("chain", "1.1", 6, N, 43));
        ShapedLink link = ShapedLink.to("127.0.0.1", server.port()).down(dead).open();
        Insitu insitu = open(link.port())) {
      Model model = insitu.model("chain").pull(Situation.UNKNOWN, Duration.ofMillis(1500));
      OutOfDate state = assertInstanceOf(OutOfDate.class, done(model));
      assertTrue(state.reason().contains("1.0 serves on"), state.reason());
      assertExact(model);
      assertTrue(next.manifest().chunkBytes() > 0);
    }
  }

  @Test
  void aFallingLinkBringsLess() throws Exception {
    long high = all * 8 / 6; // bits a second with which all comes in six seconds
    RateTrace trace =
        RateTrace.of(
            List.of(
                new Step(Duration.ofSeconds(3), high), new Step(Duration.ofHours(1), high / 8)));
    LinkProfile falling = LinkProfile.of(trace, Duration.ofMillis(5));
    try (ShapedLink link = ShapedLink.to("127.0.0.1", server.port()).down(falling).open();
        Insitu insitu = open(link.port())) {
      Model model = insitu.model("chain").pull(at((double) high), Duration.ofSeconds(9));
      ModelState state = done(model);
      assertTrue(state instanceof Downloaded || state instanceof UpToDate, state.toString());
      assertTrue(asked.size() >= 2, "it did not notice that the link fell");
      Situation again = asked.get(asked.size() - 1);
      assertTrue(
          again.channel().downlinkBitsPerSecond().orElseThrow().mean() < high / 2.0,
          again.toString());
      assertTrue(again.held().orElseThrow().chunks().size() > 0);
      assertTrue(model.counters().received() < all);
      assertEquals(N, answer(model).length);
    }
  }

  @Test
  void aRecoveredLinkBringsTheRest() throws Exception {
    long high = all * 8 / 6;
    RateTrace rising =
        RateTrace.of(
            List.of(
                new Step(Duration.ofMillis(2500), high / 8),
                new Step(Duration.ofHours(1), 8 * high)));
    LinkProfile recovering = LinkProfile.of(rising, Duration.ofMillis(5));
    try (ShapedLink link = ShapedLink.to("127.0.0.1", server.port()).down(recovering).open();
        Insitu insitu = open(link.port())) {
      Model model = insitu.model("chain").pull(at(high / 8.0), Duration.ofSeconds(12));
      ModelState state = done(model);
      assertTrue(state instanceof Downloaded || state instanceof UpToDate, state.toString());
      assertTrue(asked.size() >= 2, "it did not notice that the link recovered");
      assertEquals(all, model.counters().received());
      assertEquals(0, model.counters().lost());
      assertExact(model);
    }
  }
}
