package dev.insitu.elastic;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Manifests that are small on the wire, keep the limits, and hold as many things as they can: what
 * reading them allocates stays in proportion to their bytes, whether they are refused in the end or
 * not.
 */
class AllocationTest {

  /** Bytes on the heap for a byte on the wire, where {@code FREE} bytes are not enough. */
  private static final long PER_BYTE = 256;

  private static final long FREE = 16 << 20;

  @Test
  void manyTensors() {
    int count = 100_000;
    assertBounded(raw -> raw.section(5, tensors(count)));
  }

  @Test
  void manyUsesOfTensors() {
    int count = 5000;
    assertBounded(raw -> {
      raw.section(5, tensors(count));
      ByteWriter w = new ByteWriter().varint(100);
      for (int i = 0; i < 100; i++) {
        w.u8(0).u8(0).varint(count).raw(new byte[count]).raw(new byte[3]);
      }
      raw.section(7, w);
    });
  }

  @Test
  void manyNamesOfValues() {
    assertBounded(raw -> {
      ByteWriter w = new ByteWriter().varint(300);
      for (int i = 0; i < 300; i++) {
        w.varint(200);
        for (int j = 0; j < 200; j++) {
          w.name("x");
        }
        w.raw(new byte[5]);
      }
      raw.section(7, w);
    });
  }

  @Test
  void manyDimensions() {
    assertBounded(raw -> {
      ByteWriter w = new ByteWriter().varint(4096);
      for (int i = 0; i < 4096; i++) {
        w.name(Integer.toString(i, 36)).u8(1).varint(33);
        for (int d = 0; d < 32; d++) {
          w.varint(1000);
        }
      }
      raw.section(3, w.u8(0));
    });
  }

  @Test
  void manyChunks() {
    assertBounded(raw -> {
      RawTable table = new RawTable();
      for (int i = 0; i < 100_000; i++) {
        table.add(SmallPackage.digest(1), 0, 0, i, 1, 1, 0);
      }
      raw.section(11, table.section());
    });
  }

  @Test
  void manyBlocksOfFewTensors() {
    assertBounded(raw -> {
      ByteWriter w = new ByteWriter().u8(2).name("a").name("b").u8(3).u8(3).u8(2).u8(2);
      w.varint(1L << 39).varint((1L << 39) - 1).varint(65_536).varint(65_536).u8(2).u8(2);
      raw.section(5, w);
    });
  }

  @Test
  void manyMappedTensors() {
    int count = 100_000;
    assertBounded(raw -> {
      raw.section(5, tensors(count));
      ByteWriter w = new ByteWriter().u8(4);
      for (int d = 0; d < 4; d++) {
        w.digest(SmallPackage.digest(d));
        for (int i = 0; i < count; i++) {
          w.varint(1000);
        }
        w.u8(0);
      }
      raw.section(14, w);
    });
  }

  private static ByteWriter tensors(int count) {
    ByteWriter w = new ByteWriter().varint(count);
    for (int i = 0; i < count; i++) {
      w.name(Integer.toString(i, 36));
    }
    byte[] types = new byte[count];
    Arrays.fill(types, (byte) ElementType.INT8.onnx());
    return w.raw(types).raw(new byte[count * 4]);
  }

  private static void assertBounded(Consumer<RawManifest> change) {
    read(RawManifest.of(SmallPackage.manifest()).whole());
    RawManifest raw = RawManifest.of(SmallPackage.manifest());
    change.accept(raw);
    byte[] whole = raw.whole();
    long before = HostilePackageTest.allocated();
    String result = read(whole);
    long allocated = HostilePackageTest.allocated() - before;
    assertTrue(
        allocated < FREE + PER_BYTE * whole.length,
        allocated + " bytes allocated for " + whole.length + ": " + result);
  }

  private static String read(byte[] whole) {
    try {
      return "read " + ManifestCodec.expand(ByteBuffer.wrap(whole)).manifest().name();
    } catch (ElasticException e) {
      return e.reason() + " " + e.getMessage();
    }
  }
}
