package dev.insitu.elastic.codec;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.Coding;
import java.nio.ByteBuffer;

/** Zigzag differences between elements of one size, parted into a plane for each of their bytes. */
final class ZigzagPlanes {

  private static final int MAX_SIZE = 8;
  private static final int TILE = 1024;

  private final int size;
  private final byte[][] planes;
  private final long[] newer = new long[TILE];
  private final long[] base = new long[TILE];
  private int at;

  /**
   * @param size bytes of an element: 1, 2, 4 or 8
   * @param elements of all blocks together
   */
  ZigzagPlanes(int size, int elements) {
    this.size = size;
    planes = new byte[size][elements];
  }

  /** Bytes of the numbers that a block is parted into. */
  static int size(Block block) {
    return Math.min(MAX_SIZE, block.tensor().type().bytes());
  }

  /** Whole numbers of a block. */
  static int elements(Block block) {
    return block.byteLength() / size(block);
  }

  /** Bytes at the end of a RAW block that do not fill an element. */
  static int trailing(Block block) {
    return block.tensor().coding() == Coding.RAW ? block.byteLength() % size(block) : 0;
  }

  int size() {
    return size;
  }

  /** The bytes of one place, 0 the lowest, of all elements. */
  byte[] plane(int place) {
    return planes[place];
  }

  /** Appends the differences of a block. */
  void split(Block block, ByteBuffer newerView, ByteBuffer baseView) {
    boolean floating = block.tensor().type().floating();
    int elements = elements(block);
    for (int first = 0; first < elements; first += TILE) {
      int count = Math.min(TILE, elements - first);
      read(newerView, first, count, floating, newer);
      read(baseView, first, count, floating, base);
      int unused = 64 - 8 * size;
      for (int i = 0; i < count; i++) {
        long difference = newer[i] - base[i] << unused >> unused;
        long zigzag = difference << 1 ^ difference >> 63;
        for (int place = 0; place < size; place++) {
          planes[place][at] = (byte) (zigzag >>> 8 * place);
        }
        at++;
      }
    }
  }

  /** Takes the differences of a block and writes its values. */
  void join(Block block, ByteBuffer baseView, ByteBuffer target) {
    boolean floating = block.tensor().type().floating();
    int elements = elements(block);
    for (int first = 0; first < elements; first += TILE) {
      int count = Math.min(TILE, elements - first);
      read(baseView, first, count, floating, base);
      for (int i = 0; i < count; i++) {
        long zigzag = 0;
        for (int place = 0; place < size; place++) {
          zigzag |= (planes[place][at] & 0xffL) << 8 * place;
        }
        at++;
        newer[i] = base[i] + (zigzag >>> 1 ^ -(zigzag & 1));
      }
      write(target, first, count, floating, newer);
    }
  }

  /** Reads elements; floats become integers in the order of their values. */
  private void read(ByteBuffer view, int first, int count, boolean floating, long[] target) {
    for (int i = 0; i < count; i++) {
      int offset = (first + i) * size;
      target[i] =
          switch (size) {
            case 8 -> view.getLong(offset);
            case 4 -> view.getInt(offset);
            case 2 -> view.getShort(offset);
            default -> view.get(offset);
          };
    }
    if (floating) {
      for (int i = 0; i < count; i++) {
        target[i] = target[i] < 0 ? ~target[i] : target[i] ^ 1L << 8 * size - 1;
      }
    }
  }

  private void write(ByteBuffer view, int first, int count, boolean floating, long[] values) {
    long top = 1L << 8 * size - 1;
    for (int i = 0; i < count; i++) {
      long value = values[i];
      if (floating) {
        value = (value & top) == 0 ? ~value : value ^ top;
      }
      int offset = (first + i) * size;
      switch (size) {
        case 8 -> view.putLong(offset, value);
        case 4 -> view.putInt(offset, (int) value);
        case 2 -> view.putShort(offset, (short) value);
        default -> view.put(offset, (byte) value);
      }
    }
  }
}
