package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values in memory against those in a file. */
class WeightMemoryTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"wide,1", "wide,2", "wide,3", "skip,4", "skip,5", "skip,6"})
  void holdsWhatTheWeightFileHolds(String name, long seed) throws IOException {
    TestPackage pack = TestPackage.shuffled(name, seed);
    Manifest manifest = pack.manifest();
    Random random = new Random(seed);
    SubModel part =
        SubModel.closureOf(manifest, random.ints(12, 0, manifest.chunks().size()))
            .union(SubModel.of(manifest, 1, 0));
    IntPredicate tensors = tensor -> (tensor + seed) % 3 > 0;
    for (SubModel model : new SubModel[] {part, SubModel.whole(manifest)}) {
      Path file = directory.resolve("w" + model.size());
      WeightFile.assemble(manifest, pack, model, tensors, file);
      byte[] expected = Files.readAllBytes(file);
      WeightMemory memory = WeightMemory.assemble(manifest, pack, model, tensors);
      for (int i = 0; i < manifest.tensors().size(); i++) {
        int length = (int) manifest.layout().length(i);
        int offset = (int) manifest.layout().offset(i);
        byte[] found = new byte[length];
        int half = random.nextInt(length + 1);
        memory.read(offset, ByteBuffer.wrap(found, 0, half));
        memory.read(offset + half, ByteBuffer.wrap(found, half, length - half));
        byte[] wanted = new byte[length];
        System.arraycopy(expected, offset, wanted, 0, length);
        assertArrayEquals(wanted, found, "tensor " + i + ", seed " + seed);
      }
    }
  }

  @Test
  void takesTheBytesOfTheTensorsAskedFor() throws IOException {
    Manifest manifest = TestPackage.of("wide", 7).manifest();
    long third = manifest.tensors().get(3).byteLength();
    assertEquals(third, WeightMemory.bytes(manifest, tensor -> tensor == 3));
    assertTrue(WeightMemory.bytes(manifest, tensor -> true) <= manifest.layout().bytes());
  }

  @Test
  void saysWhichChunkIsBad() throws IOException {
    TestPackage pack = TestPackage.of("skip", 8);
    pack.replace(3, new byte[] {9});
    SubModel whole = SubModel.whole(pack.manifest());
    IOException problem =
        assertThrows(
            IOException.class,
            () -> WeightMemory.assemble(pack.manifest(), pack, whole, tensor -> true));
    assertTrue(problem.getMessage().startsWith("Chunk 3 cannot be used"), problem.getMessage());
  }
}
