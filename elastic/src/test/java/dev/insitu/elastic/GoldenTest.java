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
import java.nio.charset.StandardCharsets;
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
        GoldenPackages.WIDTHS,
        GoldenPackages.ROOT
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
        GoldenPackages.WIDTHS,
        GoldenPackages.ROOT
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
            GoldenPackages.WIDTHS,
            GoldenPackages.ROOT)) {
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
      apply(difference.chunks(), next, values);
      assertArrayEquals(GoldenContents.lossless(next), values);
    }
  }

  @Test
  void rootsOfThenComeBackNow() throws IOException {
    try (PackageFile file = open(GoldenPackages.ROOT)) {
      KeptRoot root = file.manifest().keptRoot().orElseThrow();
      byte[] values = GoldenContents.lossless(file);
      apply(root.chunks(), file, values);
      assertEquals(root.reference(), Digest.sha256(values));
      assertEquals(
          "graph of the whole root",
          new String(root.graph(file.manifest(), file), StandardCharsets.US_ASCII));
    }
  }

  /** Makes values of those that they are coded against, in place. */
  private static void apply(List<DifferenceChunk> chunks, PackageFile file, byte[] values)
      throws IOException {
    for (DifferenceChunk chunk : chunks) {
      Block block = file.manifest().blocks().block(chunk.firstBlock());
      int at = 0;
      for (int tensor = 0; tensor < block.tensorIndex(); tensor++) {
        at += (int) file.manifest().tensors().get(tensor).byteLength();
      }
      byte[] old = Arrays.copyOfRange(values, at, at + block.byteLength());
      DifferenceCodec.decode(
          List.of(block),
          List.of(ByteBuffer.wrap(old)),
          file.read(chunk.digest(), chunk.size()),
          List.of(ByteBuffer.wrap(values, at, block.byteLength())));
    }
  }

  private static PackageFile open(String name) throws IOException {
    return PackageFile.open(path(name), Trust.anybody());
  }

  private static Path path(String name) {
    String later = name.contains("widths") || name.contains("root") ? "v1.2" : "v1";
    String format = name.contains("exits") ? "v1.1" : later;
    try {
      return Path.of(GoldenTest.class.getResource("/golden/" + format + "/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
