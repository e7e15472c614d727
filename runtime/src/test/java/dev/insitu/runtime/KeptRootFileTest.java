package dev.insitu.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.DifferenceCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root made of a family's values and the chunks that a package keeps of it. */
class KeptRootFileTest {

  @TempDir Path directory;

  private Manifest manifest;
  private TestPackage pack;
  private byte[] family;
  private byte[] root; // as a weight file
  private byte[] chunk;
  private Digest reference;

  /** A root that differs in the blocks 1 and 2. */
  @BeforeEach
  void makeRoot() throws IOException {
    pack = TestPackage.of("wide", 5);
    manifest = pack.manifest();
    Path file = directory.resolve("family");
    WeightFile.assembleReference(manifest, pack, file);
    family = Files.readAllBytes(file);
    Files.delete(file);
    root = family.clone();
    BlockTable table = manifest.blocks();
    List<Block> changed = List.of(table.block(1), table.block(2));
    Random random = new Random(7);
    for (Block block : changed) {
      for (int i = 0; i < block.byteLength(); i += 1 + random.nextInt(5)) {
        root[(int) table.offset(block) + i] ^= (byte) random.nextInt(256);
      }
    }
    chunk = DifferenceCodec.encode(changed, values(changed, root), values(changed, family), 3);
    MessageDigest sha = Digest.newSha256();
    for (int i = 0; i < table.blockCount(); i++) {
      sha.update(values(List.of(table.block(i)), root).get(0));
    }
    reference = Digest.of(sha.digest());
  }

  private List<ByteBuffer> values(List<Block> blocks, byte[] of) {
    List<ByteBuffer> values = new ArrayList<>();
    for (Block block : blocks) {
      int offset = (int) manifest.blocks().offset(block);
      values.add(
          ByteBuffer.wrap(of, offset, block.byteLength()).slice().order(ByteOrder.LITTLE_ENDIAN));
    }
    return values;
  }

  private void assemble(Digest digest, byte[] bytes, int end) throws IOException {
    KeptRoot kept =
        new KeptRoot(
            digest,
            new ObjectRef(reference, 1),
            List.of(new DifferenceChunk(Digest.sha256(bytes), bytes.length, 1, end)));
    ChunkSource source =
        (wanted, size) ->
            wanted.equals(Digest.sha256(bytes)) ? ByteBuffer.wrap(bytes) : pack.read(wanted, size);
    KeptRootFile.assemble(manifest, kept, source, directory.resolve("root"));
  }

  private String refusal(Digest digest, byte[] bytes, int end) throws IOException {
    ElasticException refused =
        assertThrows(ElasticException.class, () -> assemble(digest, bytes, end));
    assertEquals(ElasticException.Reason.CORRUPT, refused.reason());
    try (var files = Files.list(directory)) {
      assertEquals(0, files.count(), "nothing is left");
    }
    return String.valueOf(refused.getMessage());
  }

  @Test
  void theRootComesBackBitForBit() throws IOException {
    assemble(reference, chunk, 3);
    assertArrayEquals(root, Files.readAllBytes(directory.resolve("root")));
    try (var files = Files.list(directory)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void valuesOfAnotherDigestAreRefused() throws IOException {
    String message = refusal(manifest.header().reference(), chunk, 3);
    assertTrue(message.contains("has the digest " + reference.brief()), message);
  }

  @Test
  void damagedChunksAreRefused() throws IOException {
    for (int cut = 0; cut < chunk.length; cut += 1 + chunk.length / 17) {
      refusal(reference, java.util.Arrays.copyOf(chunk, cut + (cut == 0 ? 1 : 0)), 3);
    }
    byte[] newer = chunk.clone();
    newer[newer.length / 2] ^= 4;
    refusal(reference, newer, 3);
    refusal(reference, chunk, 2);
    refusal(reference, chunk, 4);
  }

  @Test
  void aMissingChunkIsSaidSo() throws IOException {
    byte[] other = chunk.clone();
    KeptRoot kept =
        new KeptRoot(
            reference,
            new ObjectRef(reference, 1),
            List.of(new DifferenceChunk(reference, other.length, 1, 3)));
    assertThrows(
        IOException.class,
        () -> KeptRootFile.assemble(manifest, kept, pack, directory.resolve("root")));
    try (var files = Files.list(directory)) {
      assertEquals(0, files.count());
    }
  }
}
