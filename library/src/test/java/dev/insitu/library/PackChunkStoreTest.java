package dev.insitu.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.insitu.elastic.ElasticException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackChunkStoreTest extends ChunkStoreContract {

  @Override
  ChunkStore open(Path directory) throws IOException {
    return PackChunkStore.open(directory);
  }

  private Path onlyPack() throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".pack")).findFirst().orElseThrow();
    }
  }

  @Test
  void aRunOfChunksIsOneExtent() throws IOException {
    List<ChunkRef> refs = make(new Random(1), 100);
    add(refs);
    try (StoredBytes all = store.open(refs);
        StoredBytes some =
            store.open(List.of(refs.get(3), refs.get(4), refs.get(9), refs.get(10)))) {
      assertEquals(1, ((PackBytes) all).extents());
      assertEquals(2, ((PackBytes) some).extents());
    }
  }

  @Test
  void halfWrittenPacksAreRemovedAndForeignFilesAreLeft() throws IOException {
    Path half = Files.write(directory.resolve("00000007.pack.part"), new byte[100]);
    Path foreign = Files.write(directory.resolve("notes.txt"), new byte[100]);
    reopen();
    assertFalse(Files.exists(half));
    assertTrue(Files.exists(foreign));
    assertEquals(0, store.chunkCount());
  }

  @Test
  void everyCutAndEveryFlippedByteOfAnIndexIsFound() throws IOException {
    List<ChunkRef> refs = make(new Random(1), 3);
    add(refs);
    store.close();
    Path pack = onlyPack();
    byte[] good = Files.readAllBytes(pack);
    int index = good.length - 3 * 36 - 44;
    for (int i = index; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 0x40;
      Files.write(pack, bad);
      assertDamaged(pack);
      Files.write(pack, java.util.Arrays.copyOf(good, i));
      assertDamaged(pack);
    }
    Files.write(pack, good);
    store = open(directory);
    assertHolds(refs);
  }

  private void assertDamaged(Path pack) {
    LibraryException refused = assertThrows(LibraryException.class, () -> open(directory));
    assertEquals(LibraryException.Reason.DAMAGED, refused.reason());
    assertTrue(refused.getMessage().contains(pack.toString()), refused.getMessage());
  }

  @Test
  void aHugeCountIsRefusedBeforeAnythingIsAllocated() throws IOException {
    byte[] pack = new byte[200];
    System.arraycopy(
        "INSPACK1".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, pack, 192, 8);
    java.util.Arrays.fill(pack, 156, 160, (byte) 0x7f);
    Path file = Files.write(directory.resolve("00000001.pack"), pack);
    assertDamaged(file);
  }

  @Test
  void aChunkDamagedOnDiskIsNotHandedOut() throws IOException {
    List<ChunkRef> refs = make(new Random(1), 3);
    add(refs);
    Path pack = onlyPack();
    byte[] bytes = Files.readAllBytes(pack);
    bytes[8] ^= 1;
    Files.write(pack, bytes);
    ElasticException refused =
        assertThrows(
            ElasticException.class, () -> store.read(refs.get(0).digest(), refs.get(0).size()));
    assertEquals(ElasticException.Reason.CORRUPT, refused.reason());
    store.read(refs.get(1).digest(), refs.get(1).size());
  }

  @Test
  void whatDoesNotFitTheDiskIsRefusedBeforeAnythingIsWritten() throws IOException {
    ChunkRef large = new ChunkRef(make(new Random(1), 1).get(0).digest(), 1 << 20);
    long usable = Files.getFileStore(directory).getUsableSpace();
    List<ChunkRef> tooMany = Collections.nCopies((int) (usable >> 20) + 1000, large);
    String batch = store.newBatch();
    LibraryException refused =
        assertThrows(
            LibraryException.class,
            () -> store.add(batch, tooMany, (digest, size) -> fail("nothing is to be read")));
    assertEquals(LibraryException.Reason.FULL, refused.reason());
    assertTrue(refused.getMessage().contains(directory.toString()), refused.getMessage());
    assertTrue(refused.getMessage().contains("\nMaybe "), refused.getMessage());
    try (var files = Files.list(directory)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void aReaderThatIsInterruptedTakesNobodyElseDown() throws Exception {
    List<ChunkRef> refs = make(new Random(1), 3);
    add(refs);
    try (StoredBytes stored = store.open(refs)) {
      Thread victim =
          Thread.ofPlatform()
              .start(() -> {
                Thread.currentThread().interrupt();
                assertThrows(IOException.class, () -> readAll(stored));
              });
      victim.join();
      assertEquals(expected(refs).length, readAll(stored).length);
    }
    assertHolds(refs);
  }
}
