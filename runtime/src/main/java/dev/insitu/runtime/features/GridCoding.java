package dev.insitu.runtime.features;

import dev.insitu.elastic.ByteReader;
import dev.insitu.elastic.ByteWriter;
import dev.insitu.elastic.codec.Steps;

/**
 * Floats on a grid. One for the whole tensor: with the same step everywhere the squared error is
 * least for the bytes, as long as codes are entropy coded.
 */
final class GridCoding {

  private static final int SIGNED = 1;

  private GridCoding() {}

  /**
   * @param values float[n] in C order, finite, at least one
   */
  static void write(ByteWriter out, float[] values, long[] shape, int bits) {
    Grid grid = Grid.of(values, bits);
    int[] codes = new int[values.length];
    boolean signed = false;
    for (int i = 0; i < codes.length; i++) {
      codes[i] = grid.code(values[i]);
      signed |= codes[i] < 0;
    }
    BitEncoder coder = new BitEncoder(CodeModel.CONTEXTS);
    CodeModel.codes(coder, codes, width(shape), plane(shape), signed);
    out.u8(signed ? SIGNED : 0)
        .u16(grid.step())
        .varint(zigzag(grid.origin()))
        .bytes(coder.finish());
  }

  /**
   * @param most largest magnitude that the values' type knows
   */
  static float[] read(ByteReader in, long[] shape, int elements, float most) {
    int flags = in.u8();
    if (flags > SIGNED) {
      throw in.corrupt("its flags are " + flags);
    }
    int step = in.u16();
    if (!Steps.isCode(step)) {
      throw in.corrupt("its step has code " + step);
    }
    int origin = in.count("the origin", 2 * Grid.MOST_ORIGIN);
    Grid grid = new Grid(step, (origin >>> 1) ^ -(origin & 1));
    BitDecoder coder =
        new BitDecoder(
            CodeModel.CONTEXTS, in.slice(in.count("the bytes of codes", Integer.MAX_VALUE)));
    int[] codes = new int[elements];
    CodeModel.codes(coder, codes, width(shape), plane(shape), flags == SIGNED);
    coder.end();
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = Math.max(-most, Math.min(most, grid.value(codes[i])));
    }
    return values;
  }

  private static int zigzag(int number) {
    return number << 1 ^ number >> 31;
  }

  private static int width(long[] shape) {
    return shape.length == 0 ? 1 : (int) shape[shape.length - 1];
  }

  private static int plane(long[] shape) {
    return shape.length < 2 ? width(shape) : (int) shape[shape.length - 2] * width(shape);
  }
}
