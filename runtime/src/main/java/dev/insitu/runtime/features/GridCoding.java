package dev.insitu.runtime.features;

import dev.insitu.elastic.ByteReader;
import dev.insitu.elastic.ByteWriter;
import dev.insitu.elastic.codec.NumberStreams;
import dev.insitu.elastic.codec.Steps;
import java.nio.ByteBuffer;

/**
 * Floats on a grid. One for the whole tensor: with the same step everywhere the squared error is
 * least for the bytes, as long as codes are entropy coded.
 */
final class GridCoding {

  /** Written with contexts. */
  static final int IN_CONTEXTS = 1;

  /** Written as streams. */
  static final int IN_STREAMS = 2;

  private static final int SIGNED = 1;

  private GridCoding() {}

  /**
   * @param values float[n] in C order, finite, at least one
   */
  static void write(ByteWriter out, float[] values, long[] shape, int bits, FeatureCoding coding) {
    Grid grid = Grid.of(values, bits);
    int[] codes = new int[values.length];
    boolean signed = false;
    for (int i = 0; i < codes.length; i++) {
      codes[i] = grid.code(values[i]);
      signed |= codes[i] < 0;
    }
    out.u8(coding == FeatureCoding.CONTEXTS ? IN_CONTEXTS : IN_STREAMS)
        .u8(signed ? SIGNED : 0)
        .u16(grid.step())
        .varint(zigzag(grid.origin()))
        .bytes(
            coding == FeatureCoding.CONTEXTS
                ? inContexts(codes, shape, signed)
                : inStreams(codes, signed, coding));
  }

  private static byte[] inContexts(int[] codes, long[] shape, boolean signed) {
    BitEncoder coder = new BitEncoder(CodeModel.CONTEXTS);
    CodeModel.codes(coder, codes, width(shape), plane(shape), signed);
    return coder.finish();
  }

  private static byte[] inStreams(int[] codes, boolean signed, FeatureCoding coding) {
    int[] numbers = codes;
    if (signed) {
      numbers = new int[codes.length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = zigzag(codes[i]);
      }
    }
    return NumberStreams.encode(numbers, coding.streams());
  }

  /** Reads up to the bytes of codes, without looking. */
  static void passOverHead(ByteReader in) {
    in.u8();
    in.u16();
    in.count("the origin", 2 * Grid.MOST_ORIGIN);
  }

  /**
   * @param how {@link #IN_CONTEXTS} or {@link #IN_STREAMS}
   * @param most largest magnitude that the values' type knows
   */
  static float[] read(ByteReader in, int how, long[] shape, int elements, float most) {
    int flags = in.u8();
    if (flags > SIGNED) {
      throw in.corrupt("its flags are " + flags);
    }
    int step = in.u16();
    if (!Steps.isCode(step)) {
      throw in.corrupt("its step has code " + step);
    }
    int origin = in.count("the origin", 2 * Grid.MOST_ORIGIN);
    Grid grid = new Grid(step, unzigzag(origin));
    ByteBuffer coded = in.slice(in.count("the bytes of codes", Integer.MAX_VALUE));
    boolean signed = flags == SIGNED;
    int[] codes =
        how == IN_CONTEXTS
            ? ofContexts(coded, shape, elements, signed)
            : ofStreams(coded, elements, signed);
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = Math.max(-most, Math.min(most, grid.value(codes[i])));
    }
    return values;
  }

  private static int[] ofContexts(ByteBuffer coded, long[] shape, int elements, boolean signed) {
    BitDecoder coder = new BitDecoder(CodeModel.CONTEXTS, coded);
    int[] codes = new int[elements];
    CodeModel.codes(coder, codes, width(shape), plane(shape), signed);
    coder.end();
    return codes;
  }

  private static int[] ofStreams(ByteBuffer coded, int elements, boolean signed) {
    int[] codes = NumberStreams.decode(coded, elements);
    for (int i = 0; signed && i < elements; i++) {
      codes[i] = unzigzag(codes[i]);
    }
    return codes;
  }

  private static int zigzag(int number) {
    return number << 1 ^ number >> 31;
  }

  private static int unzigzag(int number) {
    return number >>> 1 ^ -(number & 1);
  }

  private static int width(long[] shape) {
    return shape.length == 0 ? 1 : (int) shape[shape.length - 1];
  }

  private static int plane(long[] shape) {
    return shape.length < 2 ? width(shape) : (int) shape[shape.length - 2] * width(shape);
  }
}
