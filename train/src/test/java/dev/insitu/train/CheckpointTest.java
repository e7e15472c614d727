package dev.insitu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

  @TempDir Path folder;

  private final NDManager manager = Torch.newManager();
  private Path file;
  private Map<String, NDArray> state;

  @BeforeEach
  void write() {
    file = folder.resolve("checkpoint");
    state =
        new TreeMap<>(
            Map.of(
                "a", Torch.floats(manager, new float[] {1, -2, 3e-30f}, 3),
                "b", Torch.floats(manager, new float[] {4}, 1, 1)));
    assertTrue(of("recipe").write(7));
    state.values().forEach(array -> Torch.set(array, new float[(int) array.size()]));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private Checkpoint of(String fingerprint) {
    return new Checkpoint(Optional.of(file), fingerprint, state);
  }

  private void assertRefused(String expected, Checkpoint checkpoint) {
    TrainException e = assertThrows(TrainException.class, checkpoint::restore);
    assertTrue(e.getMessage().contains(expected), e.getMessage());
    assertTrue(e.getMessage().contains("Maybe delete it"), e.getMessage());
    assertEquals(0, state.get("a").toFloatArray()[0], "nothing was changed");
  }

  @Test
  void bringsBackEveryBit() {
    assertEquals(7, of("recipe").restore());
    assertArrayEquals(new float[] {1, -2, 3e-30f}, state.get("a").toFloatArray());
    assertArrayEquals(new float[] {4}, state.get("b").toFloatArray());
  }

  @Test
  void whatIsNotFiniteIsNotWritten() throws IOException {
    byte[] before = Files.readAllBytes(file);
    Torch.set(state.get("b"), new float[] {Float.POSITIVE_INFINITY});
    assertFalse(of("recipe").write(8));
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @Test
  void anotherTrainingsFileIsRefused() {
    assertRefused("belongs to another training: recipe", of("other"));
    state.put("c", state.get("b"));
    assertRefused("arrays, and training has 3", of("recipe"));
    state.remove("c");
    state.put("b", Torch.floats(manager, new float[2], 2));
    assertRefused("has other parameters: 'b' with 1 values", of("recipe"));
  }

  @Test
  void damageIsNoticedWhereverItIs() throws IOException {
    byte[] good = Files.readAllBytes(file);
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 4;
      Files.write(file, bad);
      assertThrows(TrainException.class, () -> of("recipe").restore(), "byte " + at);
      Files.write(file, Arrays.copyOf(good, at));
      assertThrows(TrainException.class, () -> of("recipe").restore(), "length " + at);
    }
    assertEquals(0, state.get("a").toFloatArray()[0], "nothing was changed");
  }

  @Test
  void withoutAFileTrainingBegins() throws IOException {
    Files.delete(file);
    assertEquals(0, of("recipe").restore());
    assertEquals(0, new Checkpoint(Optional.empty(), "recipe", state).restore());
  }
}
