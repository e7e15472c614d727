package dev.insitu.elastic.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.plan.Granted.Division;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrantedJsonTest {

  private static final String STREAM =
      "\"stream\":{\"model\":\"m\",\"version\":\"1\",\"manifest\":\"" + "0".repeat(64) + "\"}";

  private static Granted read(String json) {
    return PlanJson.readGranted(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatADeviceGoesByIsReadAndTheRestPassedOver() {
    Granted granted =
        read(
            "{\"feasible\":true,\"later\":[{}],\"plan\":{\"width\":0.5,\"depth\":3,"
                + "\"firstAnswerSeconds\":0.25,\"arrivalSeconds\":2,\"memoryBytes\":77,"
                + "\"division\":{\"beforeSegment\":3,\"bits\":8,\"upBytes\":9.5},\"steps\":[],"
                + "\"help\":{\"beforeSegment\":0,\"bits\":32,\"upBytes\":1}},"
                + STREAM
                + "}");
    assertEquals(Optional.of(new Division(3, 8)), granted.division());
    assertEquals(Optional.of(new Division(0, 32)), granted.help());
    assertEquals(77, granted.memoryBytes());
    assertEquals("m", granted.stream().model());
    assertEquals(Wishes.everything().withDepth(3).withWidth(0.5), granted.shape());
    assertEquals(
        Wishes.everything(),
        read("{\"plan\":{\"depth\":0,\"division\":{\"bits\":8}}," + STREAM + "}").shape());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"plan\":{\"depth\":3}}",
        "{\"plan\":{\"depth\":0},STREAM}",
        "{\"plan\":{},STREAM}",
        "{\"plan\":{\"depth\":-1},STREAM}",
        "{\"plan\":{\"depth\":1,\"width\":0},STREAM}",
        "{\"plan\":{\"depth\":1,\"width\":1.5},STREAM}",
        "{\"plan\":{\"depth\":1,\"memoryBytes\":-1},STREAM}",
        "{\"plan\":{\"depth\":1,\"firstAnswerSeconds\":\"soon\"},STREAM}",
        "{\"plan\":{\"depth\":1,\"division\":{\"beforeSegment\":-1,\"bits\":8}},STREAM}",
        "{\"plan\":{\"depth\":1,\"division\":{\"beforeSegment\":1,\"bits\":99}},STREAM}",
        "{\"plan\":{\"depth\":1,\"help\":{\"beforeSegment\":1,\"bits\":0}},STREAM}",
        "{\"plan\":{\"depth\":1,\"help\":3},STREAM}",
        "{\"plan\":[],STREAM}",
        "{\"plan\":{\"depth\":1},\"stream\":{}}"
      })
  void nonsenseIsRefused(String json) {
    String whole = json.replace("STREAM", STREAM);
    assertThrows(ElasticException.class, () -> read(whole), whole);
  }
}
