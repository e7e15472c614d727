package dev.insitu.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process that is killed while it publishes, removes and collects leaves behind. */
class KilledProcessTest {

  @TempDir Path scratch;

  /** Publishes, removes and collects until it is killed. */
  static final class Victim {

    private Victim() {}

    public static void main(String[] arguments) throws IOException {
      Path scratch = Path.of(arguments[0]);
      Random random = new Random(Long.parseLong(arguments[1]));
      try (Library library = Library.open(scratch.resolve("library"))) {
        System.out.print("o");
        for (int i = 0; ; i++) {
          String name = "m" + random.nextInt(3);
          TestPackages made =
              TestPackages.named(name, "v" + random.nextInt(1000) + "-" + i).chunkBytes(100_000);
          for (int tensor = 0; tensor < 10; tensor++) {
            made.tensors(random.nextInt(40));
          }
          try (PackageFile file = made.write(scratch)) {
            library.publish(file);
          }
          System.out.print("p");
          if (random.nextInt(3) == 0) {
            library.remove(name, library.find(name, Optional.empty()).version());
            library.gc(false);
          }
        }
      }
    }
  }

  private static Process start(Path scratch, long seed) throws IOException {
    return new ProcessBuilder(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                scratch.toString(),
                Long.toString(seed)))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void leavesOnlyWholeVersionsAndNoOrphan() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int versions = 0;
    for (int round = 0; round < 6; round++) {
      Process victim = start(scratch, random.nextLong());
      assertEquals('o', victim.getInputStream().read(), "seed " + seed);
      if (round == 0) {
        assertLocked(victim);
      }
      for (int published = random.nextInt(6); published > 0; published--) {
        assertEquals('p', victim.getInputStream().read(), "seed " + seed);
      }
      Thread.sleep(random.nextInt(30)); // anywhere inside the next publication
      victim.destroyForcibly().waitFor();
      versions += check(seed);
    }
    assertTrue(versions > 0, "seed " + seed);
  }

  private void assertLocked(Process owner) {
    LibraryException refused =
        assertThrows(LibraryException.class, () -> Library.open(scratch.resolve("library")));
    assertEquals(LibraryException.Reason.LOCKED, refused.reason());
    assertTrue(refused.getMessage().contains("process " + owner.pid()), refused.getMessage());
  }

  private int check(long seed) throws IOException {
    try (Library library = Library.open(scratch.resolve("library"))) {
      for (Catalogue.Version version : library.list()) {
        for (ChunkRef ref :
            ChunkRef.of(library.show(version.name(), Optional.of(version.version())).manifest())) {
          library.read(ref.digest(), ref.size()); // verifies
        }
      }
      try (var files = Files.list(scratch.resolve("library/packs"))) {
        assertTrue(files.allMatch(file -> file.toString().endsWith(".pack")), "seed " + seed);
      }
      // a kill between a removal and its collection may leave chunks without a version, a kill
      // while publishing may not:
      // collecting ends both, and what is left is whole
      library.gc(false);
      assertEquals(0, library.gc(true).chunksRemoved(), "seed " + seed);
      return library.list().size();
    }
  }

  @Test
  void chunksOfAVersionThatNeverBecameVisibleAreRemovedAtTheNextOpening() throws IOException {
    Path directory = scratch.resolve("library");
    try (Library library = Library.open(directory);
        PackageFile file = TestPackages.named("a", "1").tensors(1, 2).write(scratch)) {
      library.publish(file);
    }
    // as if killed after the chunks of a second version had been stored, before it became visible
    try (SqliteCatalogue catalogue = SqliteCatalogue.open(directory.resolve("catalogue.db"));
        PackChunkStore store = PackChunkStore.open(directory.resolve("packs"));
        PackageFile second = TestPackages.named("a", "2").tensors(3, 4).write(scratch)) {
      String batch = store.newBatch();
      catalogue.begin(batch);
      store.add(batch, ChunkRef.of(second.manifest()), second);
      assertEquals(20, store.chunkCount());
    }
    try (Library library = Library.open(directory);
        PackageFile second = PackageFile.open(scratch.resolve("a-2.insitu"), Trust.anybody())) {
      assertEquals(10, library.chunkCount());
      assertEquals(1, library.list().size());
      assertEquals(10, library.publish(second).newChunks());
    }
  }
}
