package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.SubModel;
import dev.insitu.runtime.InferenceException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputTest {

  @TempDir Path directory;
  private TestPackage pack;
  private ProgressiveModel model;

  @BeforeEach
  void load() throws Exception {
    pack = TestPackage.of("wide", 31);
    model = new ProgressiveModel(pack.manifest(), pack, directory, RuntimeOptions.defaults());
    SubModel base = SubModel.of(pack.manifest(), 3, 0);
    model.expect(base, base);
    base.indices().forEach(model::arrived);
    Check.get(model.whenFused());
  }

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void aMissingInputIsNamed() {
    Map<String, Tensor> inputs = new HashMap<>(pack.inputs(1, 1));
    inputs.remove("pick");
    refused(inputs, "needs 'pick'; given were x");
  }

  @Test
  void anUnknownInputIsNamedWithThoseThereAre() {
    Map<String, Tensor> inputs = new HashMap<>(pack.inputs(1, 1));
    inputs.put("z", Tensor.zeros(ElementType.FLOAT32));
    refused(inputs, "no input 'z'; it has 'x' FLOAT32[?, 640], 'pick' INT64[?]");
  }

  @Test
  void aWrongTypeIsNamedWithTheRightOne() {
    Map<String, Tensor> inputs = new HashMap<>(pack.inputs(1, 1));
    inputs.put("pick", Tensor.of(new int[] {0}, 1));
    refused(inputs, "Input 'pick' of model 'wide' is INT64[?]; given was INT32[1]");
  }

  @Test
  void aWrongShapeIsNamedWithTheRightOne() {
    for (long[] shape : new long[][] {{1, 641}, {640}, {1, 1, 640}, {}}) {
      Map<String, Tensor> inputs = new HashMap<>(pack.inputs(1, 1));
      inputs.put("x", Tensor.zeros(ElementType.FLOAT32, shape));
      refused(inputs, "Input 'x' of model 'wide' is FLOAT32[?, 640]; given was FLOAT32[");
    }
  }

  @Test
  void whatTheEngineRefusesNamesTheModel() {
    Map<String, Tensor> inputs = new HashMap<>(pack.inputs(1, 1));
    inputs.put("pick", Tensor.of(new long[] {99}, 1));
    InferenceException refusal = assertThrows(InferenceException.class, () -> model.run(inputs));
    assertEquals(Reason.ENGINE, refusal.reason());
    assertTrue(refusal.getMessage().contains("'wide'"), refusal.getMessage());
    assertEquals(1, model.run(pack.inputs(1, 1)).get("y").shape()[0]);
  }

  @Test
  void partialInferencesAskForTheValuesAtTheCut() {
    Map<String, Tensor> values = new HashMap<>(model.runUntil(2, pack.inputs(1, 1)));
    values.remove("h1");
    InferenceException refusal =
        assertThrows(InferenceException.class, () -> model.runFrom(2, values));
    assertTrue(refusal.getMessage().contains("needs 'h1'"), refusal.getMessage());
    assertThrows(InferenceException.class, () -> model.cut(4));
    assertThrows(InferenceException.class, () -> model.runUntil(-1, pack.inputs(1, 1)));
  }

  @Test
  void directAndHeapBuffersAndEmptyBatchesAreTheSame() {
    Map<String, Tensor> heap = pack.inputs(4, 5);
    Map<String, Tensor> direct = new HashMap<>();
    heap.forEach((name, value) -> {
      ByteBuffer bytes = ByteBuffer.allocateDirect(value.bytes().remaining() + 8);
      bytes.position(8);
      bytes.put(value.bytes()).position(8);
      direct.put(name, Tensor.wrap(value.type(), bytes.order(ByteOrder.BIG_ENDIAN), value.shape()));
    });
    assertEquals(model.run(heap), model.run(direct));
    Map<String, Tensor> none = new HashMap<>(heap);
    none.put("pick", Tensor.of(new long[0], 0));
    assertEquals(0, model.run(none).get("y").size());
  }

  private void refused(Map<String, Tensor> inputs, String words) {
    InferenceException refusal = assertThrows(InferenceException.class, () -> model.run(inputs));
    assertEquals(Reason.INPUT, refusal.reason());
    assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
  }
}
