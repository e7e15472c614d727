package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.plan.ExitPolicy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeOptionsTest {

  @Test
  void defaults() {
    RuntimeOptions options = RuntimeOptions.defaults();
    assertEquals(Optimisation.BASIC, options.opening());
    assertEquals(Optimisation.ALL, options.refined());
    assertEquals(Optimisation.ALL, options.fused());
    assertEquals(FusePolicy.AUTO, options.fusePolicy());
    assertEquals(0.5, options.maxBuildShare());
    assertFalse(options.standby());
    assertEquals(0.0625, options.standbyShare());
    assertEquals(Duration.ofSeconds(60), options.standbyPatience());
    assertFalse(options.freeSegmentsAfterUse());
    assertTrue(options.layoutMemoryBytes().isEmpty());
    assertTrue(options.waitLimit().isEmpty());
    assertEquals(Map.of(), options.warmUpInputs());
    assertEquals(ExitPolicy.NONE, options.exitPolicy());
    assertFalse(options.answerFromExits());
    assertSame(RuntimeListener.NONE, options.listener());
    assertSame(options.builderExecutor(), RuntimeOptions.defaults().builderExecutor());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1.01, Double.NaN})
  void refusesSharesOfTimeThatAreNone(double share) {
    assertThrows(
        IllegalArgumentException.class, () -> RuntimeOptions.builder().maxBuildShare(share));
    assertThrows(
        IllegalArgumentException.class, () -> RuntimeOptions.builder().standbyShare(share));
  }
}
