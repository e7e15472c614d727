package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.DeviceException.Reason;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Channel;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.elastic.plan.Goal;
import dev.insitu.elastic.plan.Objective;
import dev.insitu.elastic.plan.Privacy;
import dev.insitu.elastic.plan.Situation;
import dev.insitu.elastic.plan.Wanted;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.forge.CutOptions;
import dev.insitu.forge.ExitHead;
import dev.insitu.link.LinkProfile;
import dev.insitu.link.ShapedLink;
import dev.insitu.runtime.Answer;
import dev.insitu.runtime.Answer.Origin;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Inferences of which the product's own server computes a part. */
class HandOverTest extends PullTest {

  private static final TestPackage CHAIN = TestPackage.random("chain", "1.0", 4, N, 61);
  private static final TestPackage HEADS = TestPackage.random("heads", "1.0", 4, N, 62);

  private final List<Situation> asked = new CopyOnWriteArrayList<>();
  private HearingTransport transport;

  @Override
  PackageFile publish() throws IOException {
    List<ExitHead> heads = heads(CHAIN, HEADS, 1);
    return server.publish(
        CHAIN,
        options ->
            options
                .withExits(heads)
                .withCuts(CutOptions.NONE.withFeatureBits(List.of(8)))
                .withSamples(samples()),
        Optional.empty());
  }

  @Override
  DeviceOptions.Builder options(int port) {
    transport = new HearingTransport(asked);
    return super.options(port)
        .transport(transport)
        .retryPolicy(new RetryPolicy(Duration.ofMillis(10), Duration.ofMillis(50), 2, 0.5, 3));
  }

  /** A slow device with a fast link upwards, for which the first answer counts. */
  private static Situation slow(Privacy privacy, double downlink) {
    Wanted wanted =
        Wanted.BEST
            .withPrivacy(privacy)
            .withObjective(Objective.InOrder.of(Goal.FIRST_ANSWER, Goal.ACCURACY));
    return Situation.UNKNOWN
        .withDevice(Situation.UNKNOWN.device().withMacsPerSecond(1e6))
        .withChannel(Channel.of(downlink, 1e9, 0.0001))
        .withWanted(wanted);
  }

  private static Situation best(Privacy privacy) {
    return Situation.UNKNOWN.withWanted(Wanted.BEST.withPrivacy(privacy));
  }

  /** Near what the whole model answers: features go up with 8 bits, weights may have few. */
  private static void assertAnswer(Origin origin, Answer answer) {
    assertEquals(origin, answer.origin());
    float[] want = CHAIN.answer(input());
    float largest = 0;
    for (float value : want) {
      largest = Math.max(largest, Math.abs(value));
    }
    double tolerance = (origin == Origin.SERVER ? 0.4 : 1e-4) * largest;
    assertNear(want, answer.outputs().get("v4").floats(), tolerance);
  }

  private void stopServer() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whileSegmentsAreMissingTheServerComputesThem() throws Exception {
    LinkProfile slow = LinkProfile.constant(4_000_000, Duration.ofMillis(2));
    try (ShapedLink link = ShapedLink.to("127.0.0.1", server.port()).down(slow).open();
        Insitu insitu = open(link.port())) {
      Model model = insitu.model("chain").pull(best(Privacy.FEATURES_MAY_LEAVE));
      Answer first = model.answer(inputs());
      assertTrue(first.depth() < 4, first.toString());
      assertTrue(model.counters().received() < all, "all had arrived");
      assertAnswer(Origin.SERVER, first);
      assertInstanceOf(UpToDate.class, done(model), () -> model.state().toString());
      int before = transport.inferences();
      assertAnswer(Origin.DEVICE, model.answer(inputs()));
      assertEquals(before, transport.inferences());
    }
  }

  @Test
  void whatMayNotLeaveIsNotSent() throws Exception {
    LinkProfile slow = LinkProfile.constant(4_000_000, Duration.ofMillis(2));
    try (ShapedLink link = ShapedLink.to("127.0.0.1", server.port()).down(slow).open();
        Insitu insitu = open(link.port())) {
      Model model = insitu.model("chain").pull(slow(Privacy.NOTHING_LEAVES, 4e6));
      assertEquals(Origin.DEVICE, model.answer(inputs()).origin());
      done(model);
      assertEquals(0, transport.inferences());
    }
  }

  @Test
  void aPlanWithACutLeavesTheRestToTheServer() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(slow(Privacy.FEATURES_MAY_LEAVE, 1e9));
      assertInstanceOf(UpToDate.class, done(model), () -> model.state().toString());
      assertTrue(model.counters().received() < all, "no cut was chosen");
      Answer answer = model.answer(inputs());
      assertTrue(answer.depth() > 0 && answer.depth() < 4, answer.toString());
      assertAnswer(Origin.SERVER, answer);
    }
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain");
      assertAnswer(Origin.SERVER, model.answer(inputs()));
      assertInstanceOf(UpToDate.class, done(model.pull(Wishes.everything())));
      assertAnswer(Origin.DEVICE, model.answer(inputs()));
      assertEquals(1, transport.inferences());
    }
  }

  @Test
  void allMayBeLeftToTheServer() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(slow(Privacy.INPUTS_MAY_LEAVE, 1e5));
      assertInstanceOf(UpToDate.class, done(model), () -> model.state().toString());
      assertEquals(0, model.counters().useful());
      assertAnswer(Origin.SERVER, model.answer(inputs()));
      server.close();
      DeviceException failed = assertThrows(DeviceException.class, () -> model.answer(inputs()));
      assertEquals(Reason.ASSISTANCE, failed.reason());
    }
  }

  @Test
  void aServerThatDiesBetweenFeaturesAndAnswerIsReplacedByTheExitThatCameWithThePlan()
      throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(slow(Privacy.FEATURES_MAY_LEAVE, 1e9));
      assertInstanceOf(UpToDate.class, done(model), () -> model.state().toString());
      assertAnswer(Origin.SERVER, model.answer(inputs()));
      transport.beforeInference(this::stopServer);
      Answer alone = model.answer(inputs());
      assertEquals(Origin.DEVICE_WITHOUT_SERVER, alone.origin());
      assertEquals(OptionalInt.of(0), alone.exit());
      assertEquals(2, transport.inferences());
      assertEquals(Origin.DEVICE_WITHOUT_SERVER, model.answer(inputs()).origin());
    }
    try (Insitu insitu = open(server.port())) {
      Answer alone = insitu.model("chain").answer(inputs());
      assertEquals(Origin.DEVICE_WITHOUT_SERVER, alone.origin());
    }
  }

  @Test
  void withoutRoomForAnExitADeadServerIsTold() throws Exception {
    Situation roomy = slow(Privacy.FEATURES_MAY_LEAVE, 1e9);
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(roomy);
      assertInstanceOf(UpToDate.class, done(model), () -> model.state().toString());
      long came = model.counters().received();
      model.delete();
      model.pull(roomy.withWanted(roomy.wanted().withMaxBytes(OptionalLong.of(came - 1))));
      assertInstanceOf(UpToDate.class, done(model), () -> model.state().toString());
      assertAnswer(Origin.SERVER, model.answer(inputs()));
      transport.beforeInference(this::stopServer);
      DeviceException failed = assertThrows(DeviceException.class, () -> model.answer(inputs()));
      assertEquals(Reason.ASSISTANCE, failed.reason());
      assertTrue(String.valueOf(failed.getMessage()).contains("Maybe pull"), failed.getMessage());
    }
  }

  @Test
  void anExitThatIsSureAnswersAndWhatIsNotSureGoesOnAtTheServer() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(slow(Privacy.FEATURES_MAY_LEAVE, 1e9));
      done(model);
      Answer sure = model.answer(inputs(), ExitPolicy.confidence(0));
      assertEquals(Origin.DEVICE, sure.origin());
      assertEquals(OptionalInt.of(0), sure.exit());
      assertEquals(0, transport.inferences());
      assertAnswer(Origin.SERVER, model.answer(inputs(), ExitPolicy.confidence(2)));
    }
  }

  @Test
  void theUplinkIsMeasuredByWhatIsSentAndTold() throws Exception {
    int rows = 64;
    Random random = new Random(5);
    float[] values = new float[rows * N]; // that no code makes short
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Tensor batch = Tensor.of(values, rows, N);
    LinkProfile up = LinkProfile.constant(500_000, Duration.ofMillis(5));
    try (ShapedLink link = ShapedLink.to("127.0.0.1", server.port()).up(up).open();
        Insitu insitu = open(link.port())) {
      Model model = insitu.model("chain").pull(slow(Privacy.INPUTS_MAY_LEAVE, 1e5));
      done(model);
      for (int i = 0; i < 3; i++) {
        assertAnswer(Origin.SERVER, model.answer(inputs()));
      }
      for (int i = 0; i < 5; i++) {
        assertEquals(Origin.SERVER, model.answer(Map.of("v0", batch)).origin());
      }
      done(model.pull(best(Privacy.INPUTS_MAY_LEAVE)));
      double rate =
          asked.get(asked.size() - 1).channel().uplinkBitsPerSecond().orElseThrow().mean();
      assertTrue(rate > 250_000 && rate < 1_000_000, rate + " bit/s");
      done(model.pull(slow(Privacy.INPUTS_MAY_LEAVE, 1e5)));
      assertEquals(
          1e9, asked.get(asked.size() - 1).channel().uplinkBitsPerSecond().orElseThrow().mean());
    }
  }
}
