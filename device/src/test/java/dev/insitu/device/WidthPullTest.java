package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.device.ModelState.Failed;
import dev.insitu.device.ModelState.UpToDate;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.SubModel;
import dev.insitu.elastic.plan.Wishes;
import dev.insitu.runtime.GraphRun;
import dev.insitu.runtime.Optimisation;
import dev.insitu.server.SubModelExporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Pulling a narrower model, and the wider one later. */
class WidthPullTest extends PullTest {

  private static final TestPackage CHAIN = TestPackage.random("chain", "1.0", 4, N, 31);
  private static final Wishes HALF = Wishes.everything().withWidth(0.5);

  private Manifest manifest;

  @Override
  PackageFile publish() throws IOException {
    PackageFile published = publish(CHAIN, List.of());
    manifest = published.manifest();
    assertEquals(List.of(0.25, 0.5, 1.0), manifest.widths());
    return published;
  }

  private PackageFile publish(TestPackage model, List<PackageFile> bases) throws IOException {
    return server.publish(model, bases, Optional.empty(), List.of(), List.of(0.25, 0.5));
  }

  /** What the model of a width makes of the input, as a plain ONNX file. */
  private float[] expected(PackageFile of, double share) throws IOException {
    Manifest view = of.manifest().atShare(share);
    SubModelExporter exporter = new SubModelExporter(directory.resolve("export"));
    Path onnx = exporter.export(view, of, SubModel.whole(view), view.segments().size());
    try (GraphRun run = GraphRun.open(onnx, Optimisation.BASIC)) {
      return run.run(inputs()).get("v4").floats();
    }
  }

  private void assertWidth(double share, Model model) throws IOException {
    assertNear(expected(file, share), model.run(inputs()).get("v4").floats());
  }

  private static void assertNear(float[] expected, float[] got) {
    float largest = 0;
    float apart = 0;
    for (int i = 0; i < N; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      apart = Math.max(apart, Math.abs(expected[i] - got[i]));
    }
    assertTrue(apart <= 1e-4f * largest, "differs by " + apart + " of " + largest);
  }

  @Test
  void aNarrowModelAnswersAndGrowsByExactlyWhatIsMissingWhileItAnswers() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(Wishes.everything().withWidth(0.25));
      assertInstanceOf(UpToDate.class, done(model));
      assertWidth(0.25, model);
      long narrow = file.manifestBytes().length + manifest.atShare(0.25).chunkBytes();
      assertEquals(narrow, model.counters().received());
      assertTrue(narrow < manifest.chunkBytes() / 4, narrow + " bytes");

      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger answers = new AtomicInteger();
      CompletableFuture<Void> asking =
          CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
              assertEquals(N, model.run(inputs()).get("v4").size());
              answers.incrementAndGet();
            }
          });
      for (double share : new double[] {0.5, 1}) {
        assertInstanceOf(UpToDate.class, done(model.pull(Wishes.everything().withWidth(share))));
        assertWidth(share, model);
        assertEquals(
            file.manifestBytes().length + manifest.atShare(share).chunkBytes(),
            model.counters().received());
      }
      stop.set(true);
      asking.get(10, TimeUnit.SECONDS); // no request was dropped
      assertTrue(answers.get() > 0);
      assertEquals(0, model.counters().repeated());
      assertNear(CHAIN.answer(input()), model.run(inputs()).get("v4").floats());
    }
  }

  @Test
  void aPulledWidthAnswersAfterARestartWithoutTheServer() throws Exception {
    try (Insitu insitu = open(server.port())) {
      done(insitu.model("chain").pull(HALF));
    }
    try (Insitu insitu = open(1)) {
      assertWidth(0.5, insitu.model("chain"));
    }
  }

  @Test
  void whatIsHeldRunsAtTheWidthThatIsAskedForNow() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull();
      done(model);
      long before = model.counters().received();
      assertInstanceOf(UpToDate.class, done(model.pull(HALF)));
      assertWidth(0.5, model);
      assertEquals(before, model.counters().received());
    }
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain");
      assertWidth(0.5, model);
      done(model.pull(Wishes.everything()));
      assertWidth(1, model);
    }
  }

  @Test
  void aGrownModelRunsAtItsWidthAfterARestart() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(HALF);
      done(model);
      done(model.pull(Wishes.everything()));
    }
    try (Insitu insitu = open(1)) {
      assertWidth(1, insitu.model("chain"));
    }
  }

  @Test
  void fewBitsOfANarrowModelArriveAlone() throws Exception {
    Wishes few = HALF.withBits(4);
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(few);
      assertInstanceOf(UpToDate.class, done(model));
      long most = manifest.atShare(0.5).weightCount() / 2;
      long received = model.counters().received() - file.manifestBytes().length;
      assertTrue(received > most * 3 / 4 && received <= most, received + " of " + most);
      assertEquals(N, model.run(inputs()).get("v4").size());
    }
  }

  @Test
  void aWidthThatIsNotThereSaysWhichAre() throws Exception {
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(Wishes.everything().withWidth(0.3));
      Failed failed = assertInstanceOf(Failed.class, done(model));
      assertTrue(failed.message().contains("0.25, 0.5, 1.0"), failed.message());
    }
  }

  @Test
  void anUpdateKeepsTheWidth() throws Exception {
    TestPackage next = DifferenceTest.nudged(CHAIN, "1.1", 1, 5, false);
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull(HALF);
      done(model);
      try (PackageFile two = publish(next, List.of())) {
        assertInstanceOf(UpToDate.class, done(model.pull(HALF)));
        assertEquals(Optional.of("1.1"), model.version());
        assertNear(expected(two, 0.5), model.run(inputs()).get("v4").floats());
      }
    }
  }

  @Test
  void aVersionThatCameAsADifferenceRunsAtEveryWidth() throws Exception {
    TestPackage next = DifferenceTest.nudged(CHAIN, "1.1", 1, 5, false);
    try (Insitu insitu = open(server.port())) {
      Model model = insitu.model("chain").pull();
      done(model);
      try (PackageFile two = publish(next, List.of(file))) {
        assertEquals(1, two.manifest().differences().size());
        assertInstanceOf(UpToDate.class, done(model.pull()));
        assertEquals(Optional.of("1.1"), model.version());
        assertNear(expected(two, 1), model.run(inputs()).get("v4").floats());
        done(model.pull(HALF));
        assertNear(expected(two, 0.5), model.run(inputs()).get("v4").floats());
      }
    }
  }
}
