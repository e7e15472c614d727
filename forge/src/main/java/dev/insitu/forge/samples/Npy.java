package dev.insitu.forge.samples;

import dev.insitu.elastic.ElementType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array in NumPy's {@code .npy} format.
 *
 * @param type of the values
 * @param shape with the samples first
 * @param values little-endian, C order
 */
@SuppressWarnings("ArrayRecordComponent")
record Npy(ElementType type, long[] shape, ByteBuffer values) {

  static final String ENDING = ".npy";

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 65_536;
  private static final int MAX_RANK = 32;
  private static final int SHOWN = 200;
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']+)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");
  private static final Pattern DIM = Pattern.compile("[0-9]{1,18}");

  /**
   * Reads an array, of its first dimension at most so many entries.
   *
   * @param where names it in errors
   * @throws SampleException if it is no array or of a kind that is not supported
   */
  static Npy read(InputStream in, String where, int most) throws IOException {
    String header = header(in, where);
    if (find(ORDER, header, where).equals("True")) {
      throw new SampleException(
          where + " is in Fortran order.\nMaybe save numpy.ascontiguousarray(array).");
    }
    ElementType type = type(find(DESCR, header, where), where);
    long[] shape = shape(find(SHAPE, header, where), where);
    if (shape.length > 0) {
      shape[0] = Math.min(shape[0], most);
    }
    long bytes = Sizes.bytes(type, shape);
    if (bytes > Sizes.MOST) {
      throw new SampleException(
          where
              + " holds "
              + type
              + Arrays.toString(shape)
              + "; at most "
              + Sizes.MOST
              + " bytes of values are read.\nMaybe give fewer samples.");
    }
    byte[] values = in.readNBytes((int) bytes); // takes memory as it comes, not as it is claimed
    if (values.length != bytes) {
      throw new SampleException(
          where + " ends after " + values.length + " of " + bytes + " bytes of values.");
    }
    return new Npy(type, shape, ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN));
  }

  private static String header(InputStream in, String where) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2 || !Arrays.equals(Arrays.copyOf(start, 6), MAGIC)) {
      throw new SampleException(where + " is not a NumPy array.");
    }
    byte[] lengthField = Arrays.copyOf(in.readNBytes(start[6] == 1 ? 2 : 4), 4);
    int length = ByteBuffer.wrap(lengthField).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (length < 0 || length > MAX_HEADER) {
      throw new SampleException(
          where
              + " has a header of "
              + Integer.toUnsignedString(length)
              + " bytes; at most "
              + MAX_HEADER
              + " are read.");
    }
    return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
  }

  private static String find(Pattern pattern, String header, String where) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw notUnderstood(header, where);
    }
    return matcher.group(1);
  }

  private static long[] shape(String text, String where) {
    String[] dims =
        Arrays.stream(text.split(",", -1))
            .map(String::strip)
            .filter(dim -> !dim.isEmpty())
            .toArray(String[]::new);
    if (dims.length > MAX_RANK || !Arrays.stream(dims).allMatch(DIM.asMatchPredicate())) {
      throw notUnderstood("(" + text + ")", where);
    }
    return Arrays.stream(dims).mapToLong(Long::parseLong).toArray();
  }

  private static SampleException notUnderstood(String header, String where) {
    String text = header.strip();
    String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    return new SampleException(where + " has a header that is not understood: " + shown);
  }

  private static ElementType type(String descr, String where) {
    return switch (descr) {
      case "<f4" -> ElementType.FLOAT32;
      case "<f8" -> ElementType.FLOAT64;
      case "<f2" -> ElementType.FLOAT16;
      case "|i1" -> ElementType.INT8;
      case "|u1" -> ElementType.UINT8;
      case "<i2" -> ElementType.INT16;
      case "<u2" -> ElementType.UINT16;
      case "<i4" -> ElementType.INT32;
      case "<u4" -> ElementType.UINT32;
      case "<i8" -> ElementType.INT64;
      case "<u8" -> ElementType.UINT64;
      case "|b1" -> ElementType.BOOL;
      default ->
          throw new SampleException(
              where
                  + " holds values of type "
                  + descr
                  + ", which is not read.\nMaybe convert it with array.astype('<f4').");
    };
  }

  /** The values as whole numbers, for labels. */
  int[] integers(String where) {
    int[] integers = new int[values.remaining() / type.bytes()];
    for (int i = 0; i < integers.length; i++) {
      long value =
          switch (type) {
            case INT64, UINT64 -> values.getLong(8 * i);
            case INT32, UINT32 -> values.getInt(4 * i);
            case INT16, UINT16 -> values.getShort(2 * i);
            case INT8, UINT8 -> values.get(i) & 0xff;
            default ->
                throw new SampleException(
                    "The labels in " + where + " are " + type + "; they must be integers.");
          };
      integers[i] = (int) value;
      if (integers[i] != value || value < 0) {
        throw new SampleException("Label " + i + " in " + where + " is " + value + ".");
      }
    }
    return integers;
  }
}
