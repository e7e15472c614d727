package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.DifferenceCodec;
import dev.insitu.elastic.plan.Profile;
import dev.insitu.elastic.plan.ProfileCodec;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packages that an earlier version wrote are read as it read them, to the bit. */
class GoldenTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        GoldenPackages.MIXTURE,
        GoldenPackages.NEXT,
        GoldenPackages.CUT,
        GoldenPackages.SMALLEST,
        GoldenPackages.EXITS,
        GoldenPackages.CUT_EXITS,
        GoldenPackages.WIDTHS
      })
  void holdsWhatItHeld(String name) throws IOException {
    String expected = Files.readString(path(name.replace(".insitu", ".json")));
    assertEquals(expected, GoldenContents.describe(path(name)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        GoldenPackages.MIXTURE,
        GoldenPackages.NEXT,
        GoldenPackages.SMALLEST,
        GoldenPackages.EXITS,
        GoldenPackages.WIDTHS
      })
  void endsWithTheReference(String name) throws IOException {
    try (PackageFile file = open(name)) {
      assertEquals(
          file.manifest().header().reference(), Digest.sha256(GoldenContents.lossless(file)));
    }
  }

  @Test
  void keysOfThenAreBelievedNow() throws IOException {
    for (int key : new int[] {1, 2}) {
      PackageFile.open(path(GoldenPackages.MIXTURE), Trust.keys(List.of(TestKeys.key(key))))
          .close();
    }
  }

  @Test
  void patchesOfThenGiveTheSameManifestNow() throws IOException {
    try (PackageFile base = open(GoldenPackages.MIXTURE);
        PackageFile next = open(GoldenPackages.NEXT)) {
      ByteBuffer patch = ByteBuffer.wrap(Files.readAllBytes(path(GoldenPackages.PATCH)));
      assertEquals(next.digest(), ManifestCodec.expand(patch, base.body()).digest());
    }
  }

  @Test
  void manifestsOfThenAreWrittenAlikeNow() throws IOException {
    for (String name :
        List.of(
            GoldenPackages.MIXTURE,
            GoldenPackages.NEXT,
            GoldenPackages.EXITS,
            GoldenPackages.WIDTHS)) {
      try (PackageFile file = open(name)) {
        assertEquals(file.digest(), ManifestCodec.body(file.manifest()).digest());
      }
    }
  }

  @Test
  void profilesOfThenAreReadNow() throws IOException {
    try (PackageFile file = open(GoldenPackages.MIXTURE)) {
      Profile profile = ProfileCodec.read(file.profile());
      assertEquals(200, profile.samples());
      assertEquals(0.75, profile.points().get(0).agreement());
      assertEquals(9, profile.points().get(1).chunks());
    }
  }

  @Test
  void differencesOfThenGiveTheNextVersionNow() throws IOException {
    try (PackageFile base = open(GoldenPackages.MIXTURE);
        PackageFile next = open(GoldenPackages.NEXT)) {
      VersionDifference difference = next.manifest().differences().get(0);
      difference.requireFits(next.manifest(), base.manifest());
      byte[] values = GoldenContents.lossless(base);
      for (DifferenceChunk chunk : difference.chunks()) {
        Block block = next.manifest().blocks().block(chunk.firstBlock());
        int at = 0;
        for (int tensor = 0; tensor < block.tensorIndex(); tensor++) {
          at += (int) next.manifest().tensors().get(tensor).byteLength();
        }
        byte[] old = Arrays.copyOfRange(values, at, at + block.byteLength());
        DifferenceCodec.decode(
            List.of(block),
            List.of(ByteBuffer.wrap(old)),
            next.read(chunk.digest(), chunk.size()),
            List.of(ByteBuffer.wrap(values, at, block.byteLength())));
      }
      assertArrayEquals(GoldenContents.lossless(next), values);
    }
  }

  private static PackageFile open(String name) throws IOException {
    return PackageFile.open(path(name), Trust.anybody());
  }

  private static Path path(String name) {
    String later = name.contains("widths") ? "v1.2" : "v1";
    String format = name.contains("exits") ? "v1.1" : later;
    try {
      return Path.of(GoldenTest.class.getResource("/golden/" + format + "/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
