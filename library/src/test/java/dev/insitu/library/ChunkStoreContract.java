package dev.insitu.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every chunk store does, wherever it keeps the bytes. */
abstract class ChunkStoreContract {

  @TempDir Path directory;
  ChunkStore store;
  final Map<Digest, byte[]> bytes = new HashMap<>();

  /** Opens the store of a directory, with what an earlier one left there. */
  abstract ChunkStore open(Path directory) throws IOException;

  @BeforeEach
  void openFirst() throws IOException {
    store = open(directory);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  void reopen() throws IOException {
    store.close();
    store = open(directory);
  }

  /** Makes chunks of random bytes without storing them. */
  List<ChunkRef> make(Random random, int count) {
    List<ChunkRef> refs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] chunk = new byte[1 + random.nextInt(5000)];
      random.nextBytes(chunk);
      Digest digest = Digest.sha256(chunk);
      bytes.put(digest, chunk);
      refs.add(new ChunkRef(digest, chunk.length));
    }
    return refs;
  }

  String add(List<ChunkRef> refs) throws IOException {
    String batch = store.newBatch();
    store.add(batch, refs, (digest, size) -> ByteBuffer.wrap(bytes.get(digest)));
    return batch;
  }

  byte[] expected(List<ChunkRef> refs) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    refs.forEach(ref -> all.writeBytes(bytes.get(ref.digest())));
    return all.toByteArray();
  }

  static byte[] readAll(StoredBytes stored) throws IOException {
    ByteBuffer into = ByteBuffer.allocate((int) stored.size());
    while (into.hasRemaining()) {
      assertTrue(stored.read(into, into.position()) > 0);
    }
    assertEquals(-1, stored.read(ByteBuffer.allocate(1), stored.size()));
    return into.array();
  }

  void assertHolds(List<ChunkRef> refs) throws IOException {
    try (StoredBytes stored = store.open(refs)) {
      assertArrayEquals(expected(refs), readAll(stored));
    }
    for (ChunkRef ref : refs) {
      assertEquals(ref.size(), store.sizeOf(ref.digest()).orElseThrow());
    }
  }

  void assertLacks(List<ChunkRef> refs) {
    for (ChunkRef ref : refs) {
      assertTrue(store.sizeOf(ref.digest()).isEmpty());
      LibraryException refused =
          assertThrows(LibraryException.class, () -> store.open(List.of(ref)));
      assertEquals(LibraryException.Reason.UNKNOWN_CHUNK, refused.reason());
    }
  }

  @Test
  void whatIsAddedIsReadBackInAnyOrderAfterReopeningToo() throws IOException {
    Random random = new Random(1);
    List<ChunkRef> first = make(random, 20);
    List<ChunkRef> second = make(random, 30);
    add(first);
    add(second);
    for (int round = 0; round < 2; round++) {
      List<ChunkRef> mixed = new ArrayList<>(first);
      mixed.addAll(second);
      java.util.Collections.shuffle(mixed, random);
      assertHolds(mixed);
      assertEquals(50, store.chunkCount());
      assertArrayEquals(
          bytes.get(first.get(3).digest()),
          store.read(first.get(3).digest(), first.get(3).size()).array());
      reopen();
    }
  }

  @Test
  void partsOfOpenedBytesAreTheSameByReadingAndTransfer() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<ChunkRef> refs = make(random, 40);
    add(refs.subList(0, 20));
    add(refs.subList(20, 40));
    List<ChunkRef> asked = new ArrayList<>(refs);
    java.util.Collections.shuffle(asked, random);
    byte[] all = expected(asked);
    try (StoredBytes stored = store.open(asked)) {
      for (int i = 0; i < 200; i++) {
        int from = random.nextInt(all.length);
        int count = random.nextInt(all.length - from + 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertEquals(
            count, stored.transferTo(from, count, Channels.newChannel(out)), "seed " + seed);
        assertArrayEquals(
            java.util.Arrays.copyOfRange(all, from, from + count),
            out.toByteArray(),
            "seed " + seed);
      }
    }
  }

  @Test
  void anAddThatFailsLeavesNothing() throws IOException {
    List<ChunkRef> refs = make(new Random(2), 10);
    String batch = store.newBatch();
    assertThrows(
        IOException.class,
        () ->
            store.add(
                batch,
                refs,
                (digest, size) -> {
                  if (digest.equals(refs.get(7).digest())) {
                    throw new IOException("the source ends here");
                  }
                  return ByteBuffer.wrap(bytes.get(digest));
                }));
    store.discard(batch);
    assertLacks(refs);
    reopen();
    assertLacks(refs);
    assertEquals(0, store.chunkCount());
    add(refs);
    assertHolds(refs);
  }

  @Test
  void aDiscardedBatchIsGoneAndItsReadersGoOn() throws IOException {
    List<ChunkRef> kept = make(new Random(3), 5);
    List<ChunkRef> gone = make(new Random(4), 5);
    add(kept);
    String batch = add(gone);
    try (StoredBytes reading = store.open(gone)) {
      store.discard(batch);
      assertFalse(reading.retain());
      assertArrayEquals(expected(gone), readAll(reading));
    }
    assertLacks(gone);
    assertHolds(kept);
    reopen();
    assertLacks(gone);
    assertHolds(kept);
    store.discard("000000ff"); // what is not there needs no removing
  }

  @Test
  void aSweepRemovesExactlyWhatIsNotKeptWhileReadersGoOn() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<ChunkRef> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      List<ChunkRef> batch = make(random, 10);
      add(batch);
      all.addAll(batch);
    }
    Set<Digest> keep = new HashSet<>();
    all.forEach(ref -> {
      if (random.nextInt(3) > 0) {
        keep.add(ref.digest());
      }
    });
    all.subList(0, 10).forEach(ref -> keep.remove(ref.digest())); // a batch of which nothing stays
    all.subList(10, 20).forEach(ref -> keep.add(ref.digest())); // and one that stays whole
    List<ChunkRef> kept = all.stream().filter(ref -> keep.contains(ref.digest())).toList();
    List<ChunkRef> gone = all.stream().filter(ref -> !keep.contains(ref.digest())).toList();

    ChunkStore.Swept dry = store.sweep(keep::contains, true);
    assertHolds(all);
    try (StoredBytes reading = store.open(all)) {
      ChunkStore.Swept swept = store.sweep(keep::contains, false);
      assertEquals(dry, swept, "seed " + seed);
      assertEquals(gone.size(), swept.chunksRemoved(), "seed " + seed);
      assertEquals(expected(gone).length, swept.bytesRemoved(), "seed " + seed);
      assertEquals(expected(kept).length, swept.bytesKept(), "seed " + seed);
      assertArrayEquals(expected(all), readAll(reading), "seed " + seed);
    }
    for (int round = 0; round < 2; round++) {
      assertLacks(gone);
      assertHolds(kept);
      assertEquals(kept.size(), store.chunkCount(), "seed " + seed);
      assertEquals(0, store.sweep(keep::contains, false).chunksRemoved());
      reopen();
    }
    add(gone);
    assertHolds(all);
  }

  @Test
  void batchNamesAreNotUsedTwice() throws IOException {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 5; i++) {
      assertTrue(names.add(add(make(new Random(i), 1))));
      reopen();
    }
  }
}
