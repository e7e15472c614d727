package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.ExitPolicy;
import dev.insitu.elastic.plan.ExitPolicy.Measure;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.forge.ExitHead;
import dev.insitu.link.LinkProfile;
import dev.insitu.link.ShapedLink;
import dev.insitu.runtime.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Pulling a part of a model that answers at an exit, and the rest later. */
class ExitPullTest extends PullTest {

  private static final TestPackage CHAIN = TestPackage.random("chain", "1.0", 4, N, 21);
  private static final TestPackage HEADS = TestPackage.random("heads", "1.0", 4, N, 22);

  private Manifest manifest;

  @Override
  PackageFile publish() throws IOException {
    PackageFile published = publish(CHAIN, List.of());
    manifest = published.manifest();
    assertTrue(manifest.segments().size() >= 3, manifest.segments().size() + " segments");
    return published;
  }

  /** Publishes with a head after each of the first two segments. */
  private PackageFile publish(TestPackage model, List<PackageFile> bases) throws IOException {
    return server.publish(model, bases, Optional.empty(), heads(model, HEADS, 2));
  }

  /** As {@link #publish}, measured, so that there are policies. */
  private PackageFile publishMeasured(TestPackage model) throws IOException {
    List<ExitHead> heads = heads(model, HEADS, 2);
    return server.publish(
        model, options -> options.withExits(heads).withSamples(samples()), Optional.empty());
  }

  /** What the layers before an exit and its head make of the input. */
  private float[] expected(ExitSpec exit) {
    int layers = Integer.parseInt(exit.head().inputs().get(0).substring(1));
    List<float[]> weights = new ArrayList<>(CHAIN.weights.subList(0, layers));
    weights.add(HEADS.weights.get(exit.after()));
    return CHAIN.with("exit", weights, List.of(), Map.of()).answer(input());
  }

  private void assertExit(int exit, Answer answer) {
    assertEquals(OptionalInt.of(exit), answer.exit());
    assertEquals(List.of("v4"), List.copyOf(answer.outputs().keySet()));
    assertNear(expected(manifest.exits().get(exit)), answer);
  }

  private static void assertWhole(Answer answer) {
    assertEquals(OptionalInt.empty(), answer.exit());
    assertNear(CHAIN.answer(input()), answer);
  }

  private static void assertNear(float[] expected, Answer answer) {
    assertNear(expected, answer.outputs().get("v4").floats(), 1e-3);
  }

  private long chunkBytes(int depth) {
    return SubModel.of(manifest, depth, manifest.losslessGroup()).bytes();
  }

  @Test
  void aDepthIsPulledAndAnswersAndTheRestCostsExactlyWhatIsMissing() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(Wishes.everything().withDepth(1));
      assertInstanceOf(UpToDate.class, done(model));
      assertExit(0, model.answer(inputs()));
      long first = model.counters().received();
      assertEquals(file.manifestBytes().length + chunkBytes(1), first);

      assertInstanceOf(UpToDate.class, done(model.pull(Wishes.everything().withDepth(2))));
      assertExit(1, model.answer(inputs()));

      assertInstanceOf(UpToDate.class, done(model.pull(Wishes.everything())));
      assertWhole(model.answer(inputs()));
      long all = file.manifestBytes().length + manifest.chunkBytes();
      assertEquals(all, model.counters().received());
      assertEquals(0, model.counters().repeated());
    }
  }

  @Test
  void aPulledDepthAnswersAfterARestartWithoutTheServer() throws Exception {
    try (Insitu insitu = open(server.port())) {
      done(insitu.model("chain").pull(Wishes.everything().withDepth(2)));
    }
    try (Insitu insitu = open(1)) {
      assertExit(1, insitu.model("chain").answer(inputs()));
    }
  }

  @Test
  void whatIsHeldRunsAtTheDepthThatIsAskedForNow() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull();
      done(model);
      long before = model.counters().received();
      assertInstanceOf(UpToDate.class, done(model.pull(Wishes.everything().withDepth(1))));
      assertExit(0, model.answer(inputs()));
      assertEquals(before, model.counters().received());
    }
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain");
      assertExit(0, model.answer(inputs()));
      done(model.pull(Wishes.everything()));
      assertWhole(model.answer(inputs()));
    }
  }

  @Test
  void aDepthWithoutExitSaysWhereExitsAre() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(Wishes.everything().withDepth(3));
      if (manifest.segments().size() == 3) {
        assertInstanceOf(UpToDate.class, done(model)); // that is all of it
        return;
      }
      Failed failed = assertInstanceOf(Failed.class, done(model));
      assertTrue(failed.message().contains("answers after 1, 2 and all"), failed.message());
    }
  }

  @Test
  void exitsAnswerEarlyWhenTheyMay() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull();
      done(model);
      assertWhole(model.answer(inputs()));
      assertExit(0, model.answer(inputs(), ExitPolicy.same(Measure.CONFIDENCE, 0, 2)));
      assertExit(1, model.answer(inputs(), ExitPolicy.confidence(2, 0)));
      assertWhole(model.answer(inputs(), ExitPolicy.confidence(2, 2)));
    }
  }

  @Test
  void anExitAnswersWhileTheRestIsOnItsWay() throws Exception {
    LinkProfile slow = LinkProfile.constant(4_000_000, Duration.ofMillis(2));
    try (ShapedLink link = ShapedLink.to("127.0.0.1", server.port()).down(slow).up(slow).open();
        Insitu insitu =
            Insitu.open(options(link.port()).runtime(with -> with.answerFromExits(true)).build())) {
      Model model = insitu.model("chain").pull();
      Answer first = model.answer(inputs());
      assertTrue(first.exit().isPresent(), "the whole was faster than its first third");
      assertInstanceOf(UpToDate.class, done(model));
      assertWhole(model.answer(inputs()));
    }
  }

  @Test
  void anUpdateKeepsTheDepth() throws Exception {
    TestPackage next = DifferenceTest.nudged(CHAIN, "1.1", 1, 5, false);
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(Wishes.everything().withDepth(1));
      done(model);
      try (PackageFile two = publish(next, List.of())) {
        assertInstanceOf(UpToDate.class, done(model.pull(Wishes.everything().withDepth(1))));
        assertEquals(Optional.of("1.1"), model.version());
        assertEquals(OptionalInt.of(0), model.answer(inputs()).exit());
        assertEquals(2, two.manifest().exits().size());
      }
    }
  }

  @Test
  void aVersionThatCameAsADifferenceHasItsExits() throws Exception {
    TestPackage next = DifferenceTest.nudged(CHAIN, "1.1", 1, 5, false);
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull();
      done(model);
      try (PackageFile two = publish(next, List.of(file))) {
        assertEquals(1, two.manifest().differences().size());
        assertInstanceOf(UpToDate.class, done(model.pull()));
        assertEquals(Optional.of("1.1"), model.version());
        assertEquals(OptionalInt.empty(), model.answer(inputs()).exit());
        ExitPolicy always = ExitPolicy.same(Measure.CONFIDENCE, 0, 2);
        assertEquals(OptionalInt.of(0), model.answer(inputs(), always).exit());
      }
    }
  }

  @Test
  void thePoliciesOfAPackageComeWithItAndStay() throws Exception {
    TestPackage next = DifferenceTest.nudged(CHAIN, "1.1", 1, 5, false);
    try (PackageFile measured = publishMeasured(next)) {
      List<Profile.Early> early = ProfileCodec.read(measured.profile()).early();
      assertEquals(2, early.size());
      try (Insitu insitu = open(server.port())) {
        Model model = insitu.model("chain").pull();
        assertInstanceOf(UpToDate.class, done(model));
        assertEquals(early, model.policies());
        Answer answer = model.answer(inputs(), 0.01);
        assertEquals(model.answer(inputs(), early.get(1).policy()), answer);
        assertTrue(answer.macsShare().orElseThrow() > 0, answer.toString());
      }
      try (Insitu insitu = open(1)) {
        Model model = insitu.model("chain");
        assertEquals(early, model.policies());
        assertEquals(early.get(0).policy(), model.policyWithin(0.007));
        refused(model, 0.001, "there are ones for 0.5 % and 1 %");
      }
    }
  }

  @Test
  void withoutAProfileThereIsNoPolicyAndItSaysWhy() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain");
      refused(model, 0.01, "on this device yet");
      assertInstanceOf(UpToDate.class, done(model.pull()));
      assertEquals(List.of(), model.policies());
      refused(model, 0.01, "packed without measuring it");
    }
  }

  private static void refused(Model model, double budget, String reason) {
    DeviceException refused =
        assertThrows(DeviceException.class, () -> model.answer(inputs(), budget));
    assertEquals(DeviceException.Reason.NO_POLICY, refused.reason());
    assertTrue(String.valueOf(refused.getMessage()).contains(reason), refused.getMessage());
  }
}
