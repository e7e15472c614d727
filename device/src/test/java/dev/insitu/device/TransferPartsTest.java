package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** The small parts of a transfer, each for itself. */
class TransferPartsTest {

  @Test
  void waitsGrowToTheLongestAndJitterOnlyShortens() {
    RetryPolicy policy = new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(3), 2, 0.5, 10);
    Random random = new Random(1);
    for (int failures = 1; failures < 100; failures++) {
      double full = Math.min(100 * Math.pow(2, failures - 1.0), 3000);
      long wait = policy.delay(failures, random).toMillis();
      assertTrue(wait >= full / 2 - 1 && wait <= full, failures + ": " + wait);
    }
  }

  @Test
  void retryPoliciesThatMakeNoSenseAreRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThrows(
        IllegalArgumentException.class,
        () -> new RetryPolicy(second, Duration.ofMillis(1), 2, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(second, second, 0.5, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(second, second, 2, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(second, second, 2, 0, 0));
  }

  @Test
  void theRateDoesNotDependOnHowBytesAreCut() {
    RateMeter small = new RateMeter(0);
    RateMeter large = new RateMeter(0);
    for (int millis = 1; millis <= 10_000; millis++) {
      small.add(millis * 1_000_000L, 100);
      if (millis % 100 == 0) {
        large.add(millis * 1_000_000L, 10_000);
      }
    }
    assertEquals(100_000, small.bytesPerSecond(), 2000);
    assertEquals(100_000, large.bytesPerSecond(), 2000);
  }

  @Test
  void theRateSurvivesTimeThatJumps() {
    RateMeter meter = new RateMeter(0);
    Random random = new Random(5);
    for (int i = 0; i < 10_000; i++) {
      meter.add(random.nextLong(), 1000);
      assertTrue(meter.bytesPerSecond() >= 0);
      assertTrue(Double.isFinite(meter.bytesPerSecond()));
    }
  }

  @Test
  void contentRangesAreReadStrictly() {
    assertEquals(Optional.of(new ContentRange(5, 9, 20)), ContentRange.parse("bytes 5-9/20"));
    assertEquals(Optional.of(new ContentRange(5, 9, -1)), ContentRange.parse(" bytes 5-9/* "));
    for (String bad :
        List.of("", "bytes */20", "bytes 9-5/20", "items 5-9/20", "bytes 5-9", "bytes 5-/20")) {
      assertEquals(Optional.empty(), ContentRange.parse(bad), bad);
    }
  }

  @Test
  void signaturesAreReadStrictly() {
    String key = "ab".repeat(32);
    String signature = "cd".repeat(64);
    assertEquals(0, SignedPlan.parse(" ").size());
    assertEquals(2, SignedPlan.parse(key + ":" + signature + ", " + key + ":" + signature).size());
    String header = key + ":" + signature;
    assertEquals(header, SignedPlan.format(SignedPlan.parse(header)));
    for (String bad :
        List.of(
            "x",
            key + ":",
            key + ":" + signature.substring(1),
            key + ":" + signature.substring(2),
            key + ":" + "zz".repeat(64),
            key.substring(2) + ":" + signature,
            header + ":1",
            header + ",",
            (header + ",").repeat(65) + header)) {
      assertThrows(ElasticException.class, () -> SignedPlan.parse(bad), bad);
    }
  }

  @Test
  void namesMayCarryAVersion() {
    assertEquals(new ModelName("shapes", Optional.empty()), ModelName.parse("shapes"));
    assertEquals(new ModelName("shapes", Optional.of("1.2")), ModelName.parse("shapes:1.2"));
    assertEquals("?version=1.2", ModelName.parse("shapes:1.2").query());
    for (String bad : List.of("", "Shapes", "../x", "a/b:1", "a:", "a:../b", "a:b:c")) {
      assertThrows(ElasticException.class, () -> ModelName.parse(bad), bad);
    }
  }

  @Test
  void retryAfterIsReadInBothFormsAndBounded() {
    assertEquals(Duration.ofSeconds(7), retryAfter(Map.of("Retry-After", "7")));
    assertEquals(Duration.ofHours(1), retryAfter(Map.of("Retry-After", "999999999")));
    assertEquals(Duration.ZERO, retryAfter(Map.of("Retry-After", "soon")));
    assertEquals(Duration.ZERO, retryAfter(Map.of()));
    // by the server's own clock, whatever ours says
    assertEquals(
        Duration.ofSeconds(90),
        retryAfter(
            Map.of(
                "Date", "Wed, 21 Oct 2015 07:26:30 GMT",
                "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")));
    assertEquals(
        Duration.ZERO,
        retryAfter(
            Map.of(
                "Date", "Wed, 21 Oct 2015 07:28:30 GMT",
                "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")));
  }

  private static Duration retryAfter(Map<String, String> headers) {
    return Answers.retryAfter(new HeadersOnly(headers));
  }

  private record HeadersOnly(Map<String, String> headers) implements Transport.Response {
    @Override
    public int status() {
      return 503;
    }

    @Override
    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }

    @Override
    public long length() {
      return 0;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return -1;
    }

    @Override
    public void close() {}
  }

  @Test
  void listenersHearStatesInOrderAndOnlyTheLatestProgress() {
    List<Runnable> queued = new ArrayList<>();
    List<String> heard = new ArrayList<>();
    Executor slow = queued::add;
    ModelListener listener =
        new ModelListener() {
          @Override
          public void onProgress(Progress progress) {
            heard.add("progress " + progress.doneBytes());
          }

          @Override
          public void onState(String model, ModelState state) {
            heard.add(state.getClass().getSimpleName());
            throw new IllegalStateException("a listener's fault");
          }
        };
    Notifier notifier = new Notifier(listener, slow);
    Tracker tracker = new Tracker("m", notifier, Ticker.SYSTEM);
    tracker.set(new ModelState.Downloading(), Progress.Step.FETCHING);
    tracker.total(100);
    for (int done = 0; done <= 100; done += 10) {
      tracker.done(done, 0);
    }
    tracker.set(new ModelState.UpToDate(), Progress.Step.IDLE);
    assertEquals(1, queued.size());
    Thread thread = Thread.currentThread();
    Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
    thread.setUncaughtExceptionHandler((where, problem) -> {});
    queued.get(0).run();
    thread.setUncaughtExceptionHandler(handler);
    assertEquals(List.of("Downloading", "progress 100", "UpToDate", "progress 100"), heard);
  }

  @Test
  void theDefaultsAreWhatTheDocumentationSays() {
    DeviceOptions options =
        DeviceOptions.builder(
                Path.of("x"),
                URI.create("http://edge:8080"),
                dev.insitu.elastic.Signatures.Trust.anybody())
            .build();
    assertEquals(DeviceOptions.DEFAULT_STALL_TIMEOUT, options.stallTimeout());
    assertEquals(DeviceOptions.DEFAULT_CONNECT_TIMEOUT, options.connectTimeout());
    assertEquals(DeviceOptions.DEFAULT_BYTE_BUDGET, options.byteBudget());
    assertEquals(DeviceOptions.DEFAULT_TRANSFERS, options.transfers());
    assertEquals(RetryPolicy.DEFAULT, options.retryPolicy());
    assertEquals(RateFloor.DEFAULT, options.rateFloor());
    assertTrue(options.waitLimit().isEmpty());
    assertTrue(!options.acceptOlderVersions());
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    dev.insitu.elastic.Signatures.Trust trust = dev.insitu.elastic.Signatures.Trust.anybody();
    assertThrows(
        IllegalArgumentException.class,
        () -> DeviceOptions.builder(Path.of("x"), URI.create("edge:8080"), trust));
    DeviceOptions.Builder builder =
        DeviceOptions.builder(Path.of("x"), URI.create("http://edge"), trust);
    assertThrows(IllegalArgumentException.class, () -> builder.stallTimeout(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> builder.byteBudget(0));
    assertThrows(IllegalArgumentException.class, () -> builder.transfers(0));
  }
}
