package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightFileTest {

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"skip", "wide"})
  void theWholePackageGivesTheReferenceBitForBit(String name) throws Exception {
    TestPackage pack = TestPackage.shuffled(name, 61);
    Manifest manifest = pack.manifest();
    Path file = directory.resolve("w");
    BitSet written = WeightFile.assemble(manifest, pack, SubModel.whole(manifest), t -> true, file);
    assertEquals(manifest.tensors().size(), written.cardinality());
    assertEquals(manifest.blocks().weightFileBytes(), Files.size(file));
    assertEquals(manifest.header().reference(), WeightFile.digest(manifest, file));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void equalsWhatDecodingOneByOneGives(long seed) throws Exception {
    TestPackage pack = TestPackage.shuffled("wide", seed);
    Manifest manifest = pack.manifest();
    Random random = new Random(seed);
    SubModel part =
        SubModel.closureOf(manifest, random.ints(12, 0, manifest.chunks().size()))
            .union(SubModel.of(manifest, 3, 0));
    Path file = directory.resolve("w");
    WeightFile.assemble(manifest, pack, part, tensor -> true, file);

    WorkDirectory work = WorkDirectory.create(directory.resolve("work"));
    HeldStore store = new HeldStore(manifest, pack, new Generation(work, "exact", manifest));
    for (int chunk : part.indices().toArray()) {
      store.add(chunk);
    }
    Generation target = new Generation(work, "target", manifest);
    BitSet all = new BitSet();
    all.set(0, manifest.tensors().size());
    store.write(all, target, 1);
    byte[] expected = Files.readAllBytes(work.path().resolve("target").resolve(Generation.WEIGHTS));
    assertArrayEquals(expected, Files.readAllBytes(file), "seed " + seed);

    store.forget();
    assertEquals(0, store.memoryBytes());
    Generation again = new Generation(work, "again", manifest);
    store.write(all, again, 2);
    assertArrayEquals(
        expected, Files.readAllBytes(work.path().resolve("again").resolve(Generation.WEIGHTS)));
    target.release();
    again.release();
    store.close();
    work.release();
    assertEquals(0, Check.entries(directory.resolve("work")));
  }

  @Test
  void writesOnlyTheTensorsAskedFor() throws Exception {
    TestPackage pack = TestPackage.of("wide", 62);
    Manifest manifest = pack.manifest();
    Path file = directory.resolve("w");
    SubModel whole = SubModel.whole(manifest);
    BitSet written = WeightFile.assemble(manifest, pack, whole, tensor -> tensor == 3, file);
    assertEquals(BitSet.valueOf(new long[] {8}), written);
    byte[] bytes = Files.readAllBytes(file);
    int start = (int) manifest.blocks().offset(3);
    int end = start + (int) manifest.tensors().get(3).byteLength();
    for (int i = 0; i < bytes.length; i++) {
      assertTrue(bytes[i] == 0 || (i >= start && i < end), "byte " + i);
    }
  }

  @Test
  void saysWhichTensorsLackTheirBase() throws Exception {
    TestPackage pack = TestPackage.of("skip", 63);
    Manifest manifest = pack.manifest();
    SubModel front = SubModel.of(manifest, 1, 0);
    BitSet written =
        WeightFile.assemble(manifest, pack, front, tensor -> true, directory.resolve("w"));
    assertTrue(written.get(0) && written.get(4));
    assertFalse(written.get(16));
  }

  @Test
  void leavesNoFileBehindWhenAChunkIsBad() throws Exception {
    TestPackage pack = TestPackage.of("skip", 64);
    pack.replace(3, new byte[] {9});
    Path file = directory.resolve("w");
    IOException problem =
        assertThrows(
            IOException.class,
            () ->
                WeightFile.assemble(
                    pack.manifest(), pack, SubModel.whole(pack.manifest()), t -> true, file));
    assertTrue(problem.getMessage().startsWith("Chunk 3 cannot be used"), problem.getMessage());
    assertFalse(Files.exists(file));
  }

  @Test
  void touchesNoFileThatIsThere() throws Exception {
    TestPackage pack = TestPackage.of("skip", 65);
    Path file = Files.write(directory.resolve("w"), new byte[] {42});
    assertThrows(
        FileAlreadyExistsException.class,
        () ->
            WeightFile.assemble(
                pack.manifest(), pack, SubModel.whole(pack.manifest()), t -> true, file));
    assertArrayEquals(new byte[] {42}, Files.readAllBytes(file));
    assertThrows(IOException.class, () -> WeightFile.digest(pack.manifest(), file));
  }
}
