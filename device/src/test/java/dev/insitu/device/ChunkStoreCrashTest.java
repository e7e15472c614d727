package dev.insitu.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process dies at any byte of anything it writes: what was said to be there is there. */
class ChunkStoreCrashTest {

  @TempDir Path directory;

  /** A disk that stops for good after so many bytes. */
  private static final class Fuse implements StoreGate {
    private long left;

    Fuse(long bytes) {
      left = bytes;
    }

    @Override
    public int allow(int bytes) throws IOException {
      if (left == 0) {
        throw new IOException("dead");
      }
      int allowed = (int) Math.min(bytes, left);
      left -= allowed;
      return allowed;
    }
  }

  /** What the dead process had been told. */
  private static final class Told {
    final Map<Digest, byte[]> present = new HashMap<>();
    final Set<Digest> removing = new HashSet<>();
    final Map<Digest, Integer> parts = new HashMap<>();
  }

  @Test
  void everythingReportedSurvivesACrashAtAnyByte() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<byte[]> chunks = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      byte[] chunk = new byte[1 + random.nextInt(400)];
      random.nextBytes(chunk);
      chunks.add(chunk);
    }
    for (int bytes = 0; bytes < 6000; bytes += 1 + random.nextInt(40)) {
      Path store = directory.resolve("store" + bytes);
      String context = "seed " + seed + ", crash after " + bytes + " bytes";
      Told told = new Told();
      for (int round = 0; round < 3; round++) {
        runUntilCrash(store, new Fuse(bytes), chunks, new Random(seed + round), told);
        check(store, told, context + ", round " + round);
      }
    }
  }

  private static void runUntilCrash(
      Path directory, Fuse fuse, List<byte[]> chunks, Random random, Told told) {
    try {
      ChunkStore store = ChunkStore.open(directory, fuse, 1000);
      ChunkInflow inflow = store.openInflow();
      while (true) {
        byte[] chunk = chunks.get(random.nextInt(chunks.size()));
        Digest digest = Digest.sha256(chunk);
        if (store.contains(digest)) {
          if (random.nextInt(3) == 0) {
            told.present.remove(digest);
            told.removing.add(digest);
            store.remove(List.of(digest));
          }
        } else {
          fetch(inflow, chunk, random, told);
        }
        if (random.nextInt(6) == 0) {
          inflow.close();
          inflow = store.openInflow();
        }
      }
    } catch (IOException e) {
      // dead; nothing is closed
    }
  }

  private static void fetch(ChunkInflow inflow, byte[] chunk, Random random, Told told)
      throws IOException {
    Digest digest = Digest.sha256(chunk);
    int have = inflow.begin(digest, chunk.length);
    int until = random.nextInt(4) == 0 ? random.nextInt(chunk.length) : chunk.length;
    while (have < until) {
      int length = Math.min(until - have, 1 + random.nextInt(100));
      inflow.append(chunk, have, length);
      have += length;
      told.parts.put(digest, have);
    }
    if (have == chunk.length) {
      assertTrue(inflow.finish());
      told.parts.remove(digest);
      told.present.put(digest, chunk);
    }
  }

  private static void check(Path directory, Told told, String context) throws IOException {
    try (ChunkStore store = ChunkStore.open(directory)) {
      for (Map.Entry<Digest, byte[]> entry : told.present.entrySet()) {
        assertTrue(store.contains(entry.getKey()), context);
        ByteBuffer read = store.read(entry.getKey(), entry.getValue().length);
        assertEquals(ByteBuffer.wrap(entry.getValue()), read, context);
      }
      told.parts.forEach((digest, bytes) ->
          assertTrue(store.contains(digest) || store.partBytes(digest) >= bytes, context));
      assertTrue(store.count() <= told.present.size() + told.removing.size() + 1, context);
    }
  }
}
