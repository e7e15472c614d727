package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException.Reason;
import dev.insitu.elastic.codec.BlockState;
import dev.insitu.elastic.codec.ChunkDecoder;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Chunks with the right digest whose streams expand to more than their blocks hold. */
class InflatingChunkTest {

  private static final int LENGTH = 500_000;
  private static final int MOST_ALLOCATED = 16 << 20;

  @Test
  void theRightLengthIsRead() {
    BlockState state = block();
    decode(state, RawManifest.compress(new byte[LENGTH], 3));
    assertEquals(0, state.group());
  }

  @Test
  void aQuarterOfAGibibyteInAFrameIsRefused() {
    assertRefused(RawManifest.compress(new byte[256 << 20], 3));
  }

  @Test
  void aFrameThatLiesAboutItsLengthIsRefused() {
    byte[] frame = RawManifest.compress(new byte[256 << 20], 3);
    byte[] honest = RawManifest.compress(new byte[LENGTH], 3);
    byte[] lie = frame.clone();
    System.arraycopy(honest, 0, lie, 0, 9); // a content size of the same width
    assertRefused(lie);
  }

  @Test
  void blocksWithoutEndAreRefused() {
    ByteWriter frame = new ByteWriter().u32(0xfd2fb528).u8(0xa0).u32(LENGTH);
    for (int i = 0; i < 200_000; i++) {
      int header = (128 << 10) << 3 | 1 << 1;
      frame.u16(header).u8(header >> 16).u8(0);
    }
    assertRefused(frame.toBytes());
  }

  @Test
  void aHundredFramesInAStreamAreRefused() {
    ByteWriter frames = new ByteWriter();
    for (int i = 0; i < 100; i++) {
      frames.raw(RawManifest.compress(new byte[LENGTH / 100], 3));
    }
    assertRefused(frames.toBytes());
  }

  @Test
  void aHugeWindowIsRefused() {
    ByteWriter frame = new ByteWriter().u32(0xfd2fb528).u8(0x80).u8(21 << 3).u32(LENGTH);
    assertRefused(frame.u8(1).u8(0).u8(0).toBytes());
  }

  private static void assertRefused(byte[] frame) {
    BlockState state = block();
    long before = HostilePackageTest.allocated();
    ElasticException refused = assertThrows(ElasticException.class, () -> decode(state, frame));
    long allocated = HostilePackageTest.allocated() - before;
    assertEquals(Reason.CORRUPT, refused.reason());
    assertTrue(allocated < MOST_ALLOCATED + 2L * frame.length, allocated + " bytes allocated");
    assertEquals(-1, state.group());
  }

  private static BlockState block() {
    TensorSpec raw = new TensorSpec("raw", ElementType.UINT8, Coding.RAW, LENGTH, 0, 0);
    return new BlockState(new BlockTable(List.of(raw)).block(0), 0);
  }

  private static void decode(BlockState state, byte[] frame) {
    byte[] chunk = new ByteWriter().u8(1).u8(1).bytes(frame).toBytes();
    ChunkDecoder.decode(0, 0, List.of(state), ByteBuffer.wrap(chunk));
  }
}
