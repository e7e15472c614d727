package dev.insitu.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.PlanMaker;
import dev.insitu.elastic.plan.Wishes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers, a publisher and a collector at the same time. */
class ConcurrencyTest {

  private static final int ROUNDS = 40;

  @TempDir Path scratch;

  @Test
  void readersAlwaysGetWholeContentWhateverIsPublishedRemovedAndCollected() throws Exception {
    long seed = new Random().nextLong();
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong reads = new AtomicLong();
    try (Library library = Library.open(scratch.resolve("library"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      publish(library, "stays", "1", new Random(seed));
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(threads.submit(() -> read(library, done, reads)));
      }
      change(library, new Random(seed));
      done.set(true);
      for (Future<?> reader : readers) {
        reader.get();
      }
      assertEquals(1, library.list().size(), "seed " + seed);
    }
    System.out.println(reads + " reads between " + ROUNDS + " publications, seed " + seed);
  }

  private void publish(Library library, String name, String version, Random random)
      throws IOException {
    TestPackages made = TestPackages.named(name, version).chunkBytes(5000);
    for (int tensor = 0; tensor < 8; tensor++) {
      made.tensors(random.nextInt(20)); // so that versions share chunks
    }
    try (PackageFile file = made.write(scratch)) {
      library.publish(file);
    }
  }

  private void change(Library library, Random random) throws IOException {
    for (int i = 0; i < ROUNDS; i++) {
      publish(library, "goes", "v" + i, random);
      library.gc(false);
      library.remove("goes", "v" + i);
      library.gc(false);
    }
  }

  /** Plans whatever is there, reads it, and compares with what the manifest says. */
  private static Void read(Library library, AtomicBoolean done, AtomicLong reads)
      throws IOException {
    while (!done.get()) {
      for (String name : List.of("stays", "goes")) {
        try {
          StoredPackage stored = library.show(name, Optional.empty());
          PlanMaker maker =
              new PlanMaker(
                  stored.manifest(), stored.digest(), stored.measured(), library.sizes(stored));
          Plan plan = maker.plan(Wishes.everything());
          check(library.open(plan, stored));
          reads.incrementAndGet();
        } catch (LibraryException e) {
          assertEquals("goes", name, e::getMessage); // only the other one may be gone
        }
      }
    }
    return null;
  }

  private static void check(OpenPlan plan) throws IOException {
    try (StoredBytes bytes = plan.open()) {
      byte[] all = ChunkStoreContract.readAll(bytes);
      int at = 0;
      for (ChunkRef chunk : plan.chunks()) {
        byte[] part = java.util.Arrays.copyOfRange(all, at, at + chunk.size());
        assertArrayEquals(
            chunk.digest().toBytes(), dev.insitu.elastic.Digest.sha256(part).toBytes());
        at += chunk.size();
      }
      assertEquals(all.length, at);
    }
  }
}
