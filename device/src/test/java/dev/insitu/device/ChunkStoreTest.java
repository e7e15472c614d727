package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkStoreTest {

  @TempDir Path directory;

  private static byte[] bytes(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void put(ChunkStore store, byte[] chunk) throws IOException {
    try (ChunkInflow inflow = store.openInflow()) {
      put(inflow, chunk);
    }
  }

  private static void put(ChunkInflow inflow, byte[] chunk) throws IOException {
    int have = inflow.begin(Digest.sha256(chunk), chunk.length);
    inflow.append(chunk, have, chunk.length - have);
    assertTrue(inflow.finish());
  }

  private static void assertHolds(ChunkStore store, byte[] chunk) throws IOException {
    ByteBuffer read = store.read(Digest.sha256(chunk), chunk.length);
    assertEquals(ByteBuffer.wrap(chunk), read);
  }

  private long filesOnDisk() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".chunks")).count();
    }
  }

  @Test
  void givesBackWhatWasPutInThisProcessAndTheNext() throws IOException {
    List<byte[]> chunks = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      chunks.add(bytes(1 + i * 997, i));
    }
    try (ChunkStore store = ChunkStore.open(directory);
        ChunkInflow inflow = store.openInflow()) {
      for (byte[] chunk : chunks) {
        put(inflow, chunk);
      }
      for (byte[] chunk : chunks) {
        assertHolds(store, chunk);
      }
    }
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertEquals(20, store.count());
      for (byte[] chunk : chunks) {
        assertHolds(store, chunk);
      }
    }
  }

  @Test
  void goesOnInTheMiddleOfAChunk() throws IOException {
    byte[] chunk = bytes(100_000, 1);
    Digest digest = Digest.sha256(chunk);
    try (ChunkStore store = ChunkStore.open(directory)) {
      ChunkInflow inflow = store.openInflow();
      assertEquals(0, inflow.begin(digest, chunk.length));
      inflow.append(chunk, 0, 40_000);
      inflow.close();
      assertEquals(40_000, store.partBytes(digest));
      ChunkInflow again = store.openInflow();
      assertEquals(40_000, again.begin(digest, chunk.length));
      again.append(chunk, 40_000, 1);
      again.close();
    }
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertFalse(store.contains(digest));
      assertEquals(40_001, store.partBytes(digest));
      put(store, chunk);
      assertHolds(store, chunk);
    }
  }

  @Test
  void wrongBytesAreThrownAway() throws IOException {
    byte[] chunk = bytes(5000, 1);
    Digest digest = Digest.sha256(chunk);
    byte[] wrong = chunk.clone();
    wrong[17] ^= 1;
    try (ChunkStore store = ChunkStore.open(directory);
        ChunkInflow inflow = store.openInflow()) {
      inflow.begin(digest, wrong.length);
      inflow.append(wrong, 0, wrong.length);
      assertFalse(inflow.finish());
      assertFalse(store.contains(digest));
      assertEquals(0, inflow.begin(digest, chunk.length));
      inflow.append(chunk, 0, chunk.length);
      assertTrue(inflow.finish());
      assertHolds(store, chunk);
    }
  }

  @Test
  void twoConnectionsMayBringTheSameChunk() throws IOException {
    byte[] chunk = bytes(5000, 1);
    Digest digest = Digest.sha256(chunk);
    try (ChunkStore store = ChunkStore.open(directory);
        ChunkInflow one = store.openInflow();
        ChunkInflow two = store.openInflow()) {
      one.begin(digest, chunk.length);
      one.append(chunk, 0, 2500);
      assertEquals(0, two.begin(digest, chunk.length));
      two.append(chunk, 0, chunk.length);
      one.append(chunk, 2500, 2500);
      assertTrue(two.finish());
      assertTrue(one.finish());
      assertEquals(1, store.count());
      assertHolds(store, chunk);
    }
  }

  @Test
  void damageOnDiskIsNoticedOnReadingAndCostsOneChunk() throws IOException {
    byte[] good = bytes(3000, 1);
    byte[] bad = bytes(3000, 2);
    try (ChunkStore store = ChunkStore.open(directory);
        ChunkInflow inflow = store.openInflow()) {
      put(inflow, good);
      put(inflow, bad);
    }
    Path segment = directory.resolve("00000001.chunks");
    byte[] all = Files.readAllBytes(segment);
    all[3100] ^= 4;
    Files.write(segment, all);
    try (ChunkStore store = ChunkStore.open(directory)) {
      ElasticException e =
          assertThrows(ElasticException.class, () -> store.read(Digest.sha256(bad), bad.length));
      assertEquals(ElasticException.Reason.CORRUPT, e.reason());
      assertFalse(store.contains(Digest.sha256(bad)));
      assertHolds(store, good);
      put(store, bad);
      assertHolds(store, bad);
    }
  }

  @Test
  void aSegmentShortenedByLossOfPowerCostsOnlyWhatIsGone() throws IOException {
    byte[] first = bytes(3000, 1);
    byte[] second = bytes(3000, 2);
    try (ChunkStore store = ChunkStore.open(directory);
        ChunkInflow inflow = store.openInflow()) {
      put(inflow, first);
      put(inflow, second);
    }
    Path segment = directory.resolve("00000001.chunks");
    Files.write(segment, java.util.Arrays.copyOf(Files.readAllBytes(segment), 4000));
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertHolds(store, first);
      assertFalse(store.contains(Digest.sha256(second)));
      put(store, second);
      assertHolds(store, second);
    }
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertHolds(store, first);
      assertHolds(store, second);
    }
  }

  @Test
  void aDamagedRecordCostsOnlyItsChunk() throws IOException {
    List<byte[]> chunks = List.of(bytes(100, 1), bytes(100, 2), bytes(100, 3));
    try (ChunkStore store = ChunkStore.open(directory);
        ChunkInflow inflow = store.openInflow()) {
      for (byte[] chunk : chunks) {
        put(inflow, chunk);
      }
    }
    Path journal = directory.resolve("journal");
    byte[] records = Files.readAllBytes(journal);
    records[8 + 3 * JournalRecord.BYTES + 20] ^= 1; // the second chunk's ADDED
    Files.write(journal, records);
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertHolds(store, chunks.get(0));
      assertFalse(store.contains(Digest.sha256(chunks.get(1))));
      assertHolds(store, chunks.get(2));
    }
  }

  @Test
  void refusesAFileThatIsNoJournal() throws IOException {
    Files.writeString(directory.resolve("journal"), "something else");
    DeviceException e = assertThrows(DeviceException.class, () -> ChunkStore.open(directory));
    assertEquals(DeviceException.Reason.STORAGE, e.reason());
    assertEquals("something else", Files.readString(directory.resolve("journal")));
  }

  @Test
  void removingGivesSpaceBack() throws IOException {
    List<byte[]> chunks = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      chunks.add(bytes(10_000, i));
    }
    try (ChunkStore store = ChunkStore.open(directory, StoreGate.OPEN, 50_000)) {
      try (ChunkInflow inflow = store.openInflow()) {
        for (byte[] chunk : chunks) {
          put(inflow, chunk);
        }
      }
      assertEquals(6, filesOnDisk());
      store.remove(chunks.subList(0, 23).stream().map(Digest::sha256).toList());
      assertTrue(store.usedBytes() < 8 * 10_000 + 10_000, () -> store.usedBytes() + " bytes");
      for (byte[] chunk : chunks.subList(23, 30)) {
        assertHolds(store, chunk);
      }
    }
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertEquals(7, store.count());
      for (byte[] chunk : chunks.subList(23, 30)) {
        assertHolds(store, chunk);
      }
      store.remove(chunks.stream().map(Digest::sha256).toList());
      assertEquals(0, filesOnDisk());
      put(store, chunks.get(0));
    }
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertHolds(store, chunks.get(0));
    }
  }

  @Test
  void partsNobodyWantsAreDropped() throws IOException {
    byte[] wanted = bytes(1000, 1);
    byte[] stale = bytes(1000, 2);
    try (ChunkStore store = ChunkStore.open(directory)) {
      for (byte[] chunk : List.of(wanted, stale)) {
        try (ChunkInflow inflow = store.openInflow()) {
          inflow.begin(Digest.sha256(chunk), chunk.length);
          inflow.append(chunk, 0, 500);
        }
      }
      assertEquals(500, store.partBytes(Digest.sha256(stale)));
      store.dropPartsExcept(List.of(Digest.sha256(wanted)));
      assertEquals(0, store.partBytes(Digest.sha256(stale)));
      assertEquals(500, store.partBytes(Digest.sha256(wanted)));
    }
  }

  @Test
  void aLongJournalIsRewritten() throws IOException {
    byte[] stays = bytes(100, 1);
    byte[] comesAndGoes = bytes(100, 2);
    try (ChunkStore store = ChunkStore.open(directory);
        ChunkInflow inflow = store.openInflow()) {
      put(inflow, stays);
      for (int i = 0; i < 2000; i++) {
        put(inflow, comesAndGoes);
        store.remove(List.of(Digest.sha256(comesAndGoes)));
      }
    }
    long before = Files.size(directory.resolve("journal"));
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertHolds(store, stays);
      assertFalse(store.contains(Digest.sha256(comesAndGoes)));
    }
    assertTrue(Files.size(directory.resolve("journal")) < before / 100);
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertHolds(store, stays);
      put(store, comesAndGoes);
    }
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertHolds(store, stays);
      assertHolds(store, comesAndGoes);
    }
  }

  @Test
  void aFullDiskLosesNothing() throws IOException {
    byte[] first = bytes(3000, 1);
    byte[] second = bytes(3000, 2);
    long[] left = {Long.MAX_VALUE};
    StoreGate disk =
        wanted -> {
          int allowed = (int) Math.min(wanted, left[0]);
          left[0] -= allowed;
          return allowed;
        };
    try (ChunkStore store = ChunkStore.open(directory, disk, 1 << 20);
        ChunkInflow inflow = store.openInflow()) {
      put(inflow, first);
      inflow.begin(Digest.sha256(second), 3000);
      left[0] = 1234;
      assertThrows(IOException.class, () -> inflow.append(second, 0, 3000));
      assertHolds(store, first);
      left[0] = Long.MAX_VALUE;
      int have = inflow.begin(Digest.sha256(second), 3000);
      inflow.append(second, have, 3000 - have);
      assertTrue(inflow.finish());
      assertHolds(store, second);
    }
  }

  @Test
  void readersSurviveTheInterruptionOfOthers() throws Exception {
    byte[] chunk = bytes(10_000, 1);
    try (ChunkStore store = ChunkStore.open(directory)) {
      put(store, chunk);
      Thread interrupted =
          new Thread(() -> {
            Thread.currentThread().interrupt();
            assertThrows(IOException.class, () -> store.read(Digest.sha256(chunk), chunk.length));
          });
      interrupted.start();
      interrupted.join();
      assertHolds(store, chunk);
    }
  }

  @Test
  void otherFilesAreLeftAlone() throws IOException {
    Files.writeString(directory.resolve("x.chunks"), "a user's file", StandardOpenOption.CREATE);
    try (ChunkStore store = ChunkStore.open(directory)) {
      assertEquals(0, store.count());
    }
    assertEquals("a user's file", Files.readString(directory.resolve("x.chunks")));
  }
}
