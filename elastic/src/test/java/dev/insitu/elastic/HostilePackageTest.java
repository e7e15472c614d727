package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.HostileCases.Case;
import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HostilePackageTest {

  private static final long MOST_ALLOCATED = 16 << 20;

  @TempDir Path directory;

  static Stream<Arguments> cases() {
    return HostilePackages.all().entrySet().stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void isRefusedForItsOwnReasonWithoutLargeAllocation(String name, Case hostile)
      throws IOException {
    Path path = write(hostile.file());
    long before = allocated();
    ElasticException refused =
        assertThrows(
            ElasticException.class,
            () -> PackageFile.open(path, HostilePackages.trust(hostile.reason())).close());
    long allocated = allocated() - before;
    assertEquals(hostile.reason(), refused.reason(), refused.getMessage());
    assertTrue(refused.getMessage().contains(hostile.message()), refused.getMessage());
    assertTrue(
        allocated < MOST_ALLOCATED,
        allocated + " bytes allocated for a file of " + hostile.file().length);
  }

  @Test
  void theOneTheyAreMadeFromIsRead() throws IOException {
    Path path = write(HostileCases.file(RawManifest.of(SmallPackage.manifest())));
    try (PackageFile file = PackageFile.open(path, Trust.anybody())) {
      ManifestCodecTest.assertSame(SmallPackage.manifest(), file.manifest());
      for (ChunkSpec chunk : file.present().chunkList()) {
        file.read(chunk.digest(), chunk.size());
      }
    }
  }

  @Test
  void theCommittedOnesAreStillRefused() throws IOException, URISyntaxException {
    Path hostile = Path.of(HostilePackageTest.class.getResource("/hostile/README.md").toURI());
    List<Path> files;
    try (Stream<Path> all = Files.list(hostile.getParent())) {
      files = all.filter(path -> path.toString().endsWith(".insitu")).sorted().toList();
    }
    assertTrue(files.size() >= 46, files.size() + " files");
    for (Path path : files) {
      String name = path.getFileName().toString();
      Reason reason = Reason.valueOf(name.substring(0, name.indexOf('-')));
      ElasticException refused =
          assertThrows(
              ElasticException.class,
              () -> PackageFile.open(path, HostilePackages.trust(reason)).close(),
              name);
      assertEquals(reason, refused.reason(), name);
    }
  }

  @Test
  void aSmallPackageCutAfterAnyByteIsRefusedOrHoldsWhatIsWhole() throws IOException {
    byte[] whole = HostileCases.file(RawManifest.of(SmallPackage.manifest()));
    int afterManifest =
        whole.length - SmallPackage.PROFILE.length - 6 * SmallPackage.content(0).length;
    Path path = directory.resolve("cut");
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      if (length < afterManifest) {
        ElasticException refused =
            assertThrows(
                ElasticException.class, () -> PackageFile.open(path, Trust.anybody()).close());
        assertEquals(Reason.CORRUPT, refused.reason());
      } else {
        try (PackageFile file = PackageFile.open(path, Trust.anybody())) {
          assertTrue(file.chunksPresent() < 6);
          for (ChunkSpec chunk : file.present().chunkList()) {
            file.read(chunk.digest(), chunk.size());
          }
        }
      }
    }
  }

  @Test
  void everyCutOfASignedManifestIsUntrustedOrRefused() throws IOException {
    byte[] whole = RawManifest.of(SmallPackage.manifest()).whole();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(
          ElasticException.class, () -> ManifestCodec.expand(java.nio.ByteBuffer.wrap(cut)));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void flippedBitsOfASignedFileAreRefusedOrChangeNothing(long seed) throws IOException {
    Random random = new Random(seed);
    Digest digest = ManifestCodec.body(SmallPackage.manifest()).digest();
    Trust trust = Trust.keys(List.of(TestKeys.key(1)));
    byte[] whole =
        HostileCases.signed(
            HostileCases.file(RawManifest.of(SmallPackage.manifest())), TestKeys.sign(digest, 1));
    openAndRead(write(whole), trust, digest);
    for (int i = 0; i < 50; i++) {
      byte[] damaged = whole.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      long before = allocated();
      openAndRead(write(damaged), trust, digest);
      assertTrue(allocated() - before < MOST_ALLOCATED);
    }
  }

  /** Flips behind the compression, where every field can be reached. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("dev.insitu.elastic.Seeds#forty")
  void flippedBitsOfTheBodyAreRefusedOrMakeAnotherPackage(long seed) {
    Random random = new Random(seed);
    RawManifest raw = RawManifest.of(SmallPackage.manifest());
    byte[] body = raw.body();
    for (int i = 0; i < 500; i++) {
      byte[] damaged = body.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      long before = allocated();
      try {
        Manifest manifest = ManifestReader.read(java.nio.ByteBuffer.wrap(damaged));
        byte[] again = ManifestWriter.write(manifest);
        assertTrue(
            Arrays.equals(again, damaged) || hasUnknownSection(damaged, again),
            "one manifest, one form");
      } catch (ElasticException e) {
        assertTrue(e.getMessage().length() < 500, e.getMessage());
      }
      assertTrue(allocated() - before < MOST_ALLOCATED);
    }
  }

  private static boolean hasUnknownSection(byte[] read, byte[] written) {
    return written.length < read.length;
  }

  private static void openAndRead(Path path, Trust trust, Digest expected) throws IOException {
    try (PackageFile file = PackageFile.open(path, trust)) {
      assertEquals(expected, file.digest(), "only the name's own bytes are taken");
      for (ChunkSpec chunk : file.present().chunkList()) {
        try {
          assertEquals(chunk.digest(), Digest.sha256(file.read(chunk.digest(), chunk.size())));
        } catch (ElasticException e) {
          assertEquals(Reason.CORRUPT, e.reason());
        }
      }
    } catch (ElasticException e) {
      assertTrue(e.getMessage().length() < 500, e.getMessage());
    }
  }

  @Test
  void untrustedPackagesAreRefusedBeforeTheirSectionsAreRead() throws IOException {
    Trust pinned = Trust.keys(List.of(new Signatures.Key("ab".repeat(32))));
    for (Map.Entry<String, Case> hostile : HostilePackages.all().entrySet()) {
      Path path = write(hostile.getValue().file());
      ElasticException refused =
          assertThrows(
              ElasticException.class,
              () -> PackageFile.open(path, pinned).close(),
              hostile.getKey());
      boolean section = hostile.getValue().message().contains("section");
      assertTrue(refused.reason() == Reason.UNTRUSTED || !section, refused.getMessage());
    }
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(directory.resolve("hostile.insitu"), bytes);
  }

  static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
