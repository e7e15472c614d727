package dev.insitu.device;

import dev.insitu.device.AnswerException.Busy;
import dev.insitu.device.AnswerException.PlanGone;
import dev.insitu.device.AnswerException.Refused;
import dev.insitu.device.DeviceException.Reason;
import dev.insitu.elastic.ElasticException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** Tries again, as long as that makes sense, and says in between what the matter is. */
final class TransferLoop {

  /** How long a refusal of the rule holds before it is asked again. */
  static final Duration RULE_POLL = Duration.ofSeconds(5);

  /** How often plans may turn out to be gone in a row. */
  private static final int MOST_PLANS = 5;

  private static final long SPARE_BYTES = 1 << 20;

  private final TransferControl control;
  private final RetryPolicy policy;
  private final Random random;
  private final Transport transport;
  private final Path directory;
  private final Watcher watcher;
  private int failures; // in a row
  private int plansGone; // in a row

  /** One try at all that is left to do. */
  interface Attempt {

    void attempt() throws IOException;

    /** The plan is of no use any more. */
    void forgetPlan() throws IOException;
  }

  /** Hears how it goes. */
  interface Watcher {

    /** An attempt begins. */
    void going();

    /** Nothing happens, and why. */
    void waiting(String reason);

    /** It failed. If {@code again}, it is nevertheless tried again by and by. */
    void failed(Reason reason, String message, boolean again);
  }

  /**
   * @param directory on whose disk the content goes
   */
  TransferLoop(
      TransferControl control,
      RetryPolicy policy,
      Random random,
      Transport transport,
      Path directory,
      Watcher watcher) {
    this.control = control;
    this.policy = policy;
    this.random = random;
    this.transport = transport;
    this.directory = directory;
    this.watcher = watcher;
  }

  /**
   * Runs until the attempt succeeds, or fails in a way that a further one cannot help; returns
   * whether it succeeded.
   */
  boolean run(Attempt attempt) {
    while (true) {
      control.begin();
      try {
        control.checkTime();
        watcher.going();
        attempt.attempt();
        return true;
      } catch (StoppedException e) {
        return false;
      } catch (PausedException e) {
        pause(e);
      } catch (IOException | RuntimeException e) {
        if (wasStopped()) {
          return false;
        }
        if (!goOnAfter(e, attempt)) {
          return false;
        }
      }
    }
  }

  private void pause(PausedException e) {
    watcher.waiting(String.valueOf(e.getMessage()));
    control.awaitPermission(RULE_POLL);
  }

  /**
   * Whether the failure comes of somebody stopping the transfer, or of its time being over. A pause
   * shows at the next attempt.
   */
  private boolean wasStopped() {
    try {
      control.checkTime();
      return false;
    } catch (StoppedException e) {
      return true;
    } catch (PausedException e) {
      return false;
    }
  }

  private boolean goOnAfter(Exception problem, Attempt attempt) {
    if (control.moved()) {
      failures = 0;
      plansGone = 0;
    }
    failures++;
    String message = String.valueOf(problem.getMessage());
    if (problem instanceof Refused refused) {
      return fail(refused.reason(), message);
    }
    if (problem instanceof StorageException) {
      return retryDisk(message);
    }
    if (problem instanceof PlanGone) {
      return planAgain(message, attempt);
    }
    if (problem instanceof Busy busy) {
      return retry(message, busy.retryAfter());
    }
    if (problem instanceof IOException) {
      transport.reconnect();
      return retry("The connection broke: " + message, Duration.ZERO);
    }
    return failForGood(problem, message);
  }

  private boolean failForGood(Exception problem, String message) {
    if (problem instanceof ElasticException elastic) {
      return fail(reasonOf(elastic), message);
    }
    if (problem instanceof DeviceException device) {
      return fail(device.reason(), message);
    }
    return fail(Reason.UNUSABLE, "The transfer failed: " + problem);
  }

  static Reason reasonOf(ElasticException problem) {
    return switch (problem.reason()) {
      case UNTRUSTED -> Reason.UNTRUSTED;
      case TOO_NEW -> Reason.TOO_NEW;
      case CORRUPT, LIMIT -> Reason.CORRUPT;
      case INVALID -> Reason.SERVER;
    };
  }

  private boolean fail(Reason reason, String message) {
    watcher.failed(reason, message, false);
    return false;
  }

  private boolean retry(String message, Duration least) {
    if (failures >= policy.attempts()) {
      return fail(
          Reason.NETWORK,
          message + "\nMaybe try again later: " + failures + " attempts in a row failed.");
    }
    Duration wait = policy.delay(failures, random);
    wait = wait.compareTo(least) < 0 ? least : wait;
    watcher.waiting(message + "; the next try is in " + round(wait));
    control.await(wait);
    return true;
  }

  private boolean planAgain(String message, Attempt attempt) {
    plansGone++;
    if (plansGone > MOST_PLANS) {
      return fail(
          Reason.SERVER,
          message + "\nMaybe the server is broken: " + plansGone + " plans in a row.");
    }
    try {
      attempt.forgetPlan();
    } catch (IOException e) {
      return retryDisk(String.valueOf(e.getMessage()));
    }
    return plansGone == 1 || retry(message, Duration.ZERO);
  }

  private boolean retryDisk(String message) {
    File disk = directory.toFile();
    boolean full = disk.getUsableSpace() < SPARE_BYTES || message.contains("No space left");
    watcher.failed(
        full ? Reason.DISK_FULL : Reason.STORAGE,
        "The disk of "
            + directory
            + " failed: "
            + message
            + "; "
            + disk.getUsableSpace()
            + " bytes are free.\nMaybe make room; the transfer goes on by itself.",
        true);
    control.await(policy.delay(failures, random));
    return true;
  }

  private static String round(Duration wait) {
    return wait.toMillis() < 1000 ? wait.toMillis() + " ms" : (wait.toMillis() + 500) / 1000 + " s";
  }
}
