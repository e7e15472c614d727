package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MilestonesTest {

  @Test
  void theEndIsNotForgotten() throws Exception {
    Milestones milestones = milestones();
    milestones.ended(InferenceException.closed("skip"));
    milestones.complete(0); // a slice of work that was under way
    milestones.tryAgain();
    assertTrue(milestones.whenRunnable().isCompletedExceptionally());
    assertTrue(milestones.whenComplete().isCompletedExceptionally());
    assertTrue(milestones.whenFused().isCompletedExceptionally());
  }

  private static Milestones milestones() throws Exception {
    Manifest manifest = TestPackage.of("skip", 61).manifest();
    Parts parts = new Parts(manifest);
    CurrentSessions sessions =
        new CurrentSessions("skip", parts, SessionSet.none(parts, SubModel.empty(manifest)));
    return new Milestones(sessions, new Events(new RuntimeListener() {}));
  }

  @Test
  void aFailureIsForgottenWhollyEvenWhileItIsReported() throws Exception {
    Milestones milestones = milestones();
    CompletableFuture<Void> first = milestones.whenRunnable();
    CompletableFuture<?> repaired = first.whenComplete((none, e) -> milestones.tryAgain());
    milestones.failed(InferenceException.model("chunk 4 cannot be used"));
    assertTrue(first.isCompletedExceptionally());
    assertTrue(repaired.isCompletedExceptionally());
    assertFalse(milestones.whenRunnable().isDone());
    assertFalse(milestones.whenComplete().isDone());
    assertFalse(milestones.whenFused().isDone());
  }
}
