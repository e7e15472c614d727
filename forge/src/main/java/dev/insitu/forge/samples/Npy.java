package dev.insitu.forge.samples;

import dev.insitu.elastic.ElementType;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads NumPy's {@code .npy} arrays and {@code .npz} archives of them. */
final class Npy {

  /** An array: element type, shape, little-endian values in C order. */
  record Array(ElementType type, long[] shape, ByteBuffer values) {}

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 65_536;
  private static final long MAX_VALUES = Integer.MAX_VALUE - 64;
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']+)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");

  private Npy() {}

  /** All arrays of a file by name; a {@code .npy} has one, called like the file. */
  static Map<String, Array> read(Path file) throws IOException {
    Map<String, Array> arrays = new LinkedHashMap<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      if (!file.getFileName().toString().endsWith(".npz")) {
        arrays.put(stem(file.getFileName().toString()), read(in, file.toString()));
        return arrays;
      }
      ZipInputStream zip = new ZipInputStream(in);
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().endsWith(".npy")) {
          arrays.put(stem(entry.getName()), read(zip, file + "!" + entry.getName()));
        }
      }
    }
    return arrays;
  }

  private static String stem(String name) {
    return name.substring(0, name.length() - ".npy".length());
  }

  private static Array read(InputStream in, String where) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(Arrays.copyOf(start, MAGIC.length), MAGIC)) {
      throw new SampleException(where + " is not a NumPy array.");
    }
    int lengthBytes = start[6] == 1 ? 2 : 4;
    byte[] lengthField = Arrays.copyOf(in.readNBytes(lengthBytes), 4);
    int length = ByteBuffer.wrap(lengthField).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (length < 0 || length > MAX_HEADER) {
      throw new SampleException(where + " has a header of " + length + " bytes; at most " + MAX_HEADER + " are read.");
    }
    String header = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    if (find(ORDER, header, where).equals("True")) {
      throw new SampleException(where + " is in Fortran order.\nMaybe save numpy.ascontiguousarray(array).");
    }
    ElementType type = type(find(DESCR, header, where), where);
    long[] shape =
        Arrays.stream(find(SHAPE, header, where).split(","))
            .map(String::strip)
            .filter(dim -> !dim.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    long bytes = type.bytes();
    for (long dim : shape) {
      bytes = Math.multiplyExact(bytes, dim);
    }
    if (bytes < 0 || bytes > MAX_VALUES) {
      throw new SampleException(where + " holds " + bytes + " bytes of values; at most " + MAX_VALUES + " are read.");
    }
    byte[] values = in.readNBytes((int) bytes);
    if (values.length != bytes) {
      throw new SampleException(where + " ends after " + values.length + " of " + bytes + " bytes.");
    }
    return new Array(type, shape, ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN));
  }

  private static String find(Pattern pattern, String header, String where) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new SampleException(where + " has a header that is not understood: " + header.strip());
    }
    return matcher.group(1);
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
      default -> throw new SampleException(where + " holds values of type " + descr + ", which is not supported.");
    };
  }
}
