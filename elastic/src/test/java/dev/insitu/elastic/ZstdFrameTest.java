package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZstdFrameTest {

  private static final long WINDOW = 1 << 23;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 257, 65_791, 65_792, 400_000, 20_000_000})
  void framesOfAnyLengthAndLevelStateTheirSize(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    Arrays.fill(content, 0, length / 2, (byte) 3);
    for (int level : new int[] {-5, 1, 3, 12}) {
      assertEquals(length, size(Zstd.compress(content, level)));
    }
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setChecksum(true).setContentSize(true);
      assertEquals(length, size(zstd.compress(content)));
    }
  }

  @Test
  void everythingElseIsNoFrame() {
    byte[] frame = Zstd.compress(new byte[1000], 3);
    for (int length = 0; length < frame.length; length++) {
      assertEquals(-1, size(Arrays.copyOf(frame, length)));
    }
    assertEquals(-1, size(join(frame, new byte[1])));
    assertEquals(-1, size(join(frame, frame)));
    byte[] skippable = new ByteWriter().u32(0x184d2a50).u32(3).raw(new byte[3]).toBytes();
    assertEquals(-1, size(skippable));
    assertEquals(-1, size(join(skippable, frame)));
    assertEquals(-1, size(new byte[100]));
    assertEquals(-1, size(new ByteWriter().u32(0xec30a437).raw(new byte[20]).toBytes()));
  }

  @Test
  void aFrameThatDoesNotStateItsSizeIsNone() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var zstd = new com.github.luben.zstd.ZstdOutputStream(out)) {
      zstd.write(new byte[1000]);
    }
    assertEquals(-1, size(out.toByteArray()));
  }

  @Test
  void aFrameOfALargeWindowIsNone() {
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setLevel(1).setContentSize(true).setWindowLog(24);
      byte[] frame = zstd.compress(new byte[20_000_000]);
      assertEquals(-1, ZstdFrame.contentSize(ByteBuffer.wrap(frame), 1 << 23));
      assertEquals(20_000_000, ZstdFrame.contentSize(ByteBuffer.wrap(frame), 1 << 24));
    }
  }

  @Test
  void aFrameOfADictionaryIsNone() {
    byte[] dictionary = dictionary();
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setContentSize(true).loadDict(dictionary);
      assertEquals(-1, size(zstd.compress(new byte[1000])));
    }
  }

  private static byte[] dictionary() {
    byte[][] samples = new byte[200][];
    Random random = new Random(1);
    for (int i = 0; i < samples.length; i++) {
      samples[i] =
          ("sample " + random.nextInt(9) + " of " + random.nextInt(99) + " words")
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
    byte[] dictionary = new byte[2000];
    long length = Zstd.trainFromBuffer(samples, dictionary);
    return Arrays.copyOf(dictionary, (int) length);
  }

  private static long size(byte[] frame) {
    ByteBuffer bytes = ByteBuffer.allocate(frame.length + 3).position(3).put(frame).position(3);
    long size = ZstdFrame.contentSize(bytes, WINDOW);
    assertEquals(3, bytes.position());
    return size;
  }

  private static byte[] join(byte[] first, byte[] second) {
    return new ByteWriter().raw(first).raw(second).toBytes();
  }
}
