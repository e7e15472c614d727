package dev.insitu.forge.samples;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes NumPy arrays. */
final class NumPy {

  private NumPy() {}

  /**
   * A float32 array.
   *
   * @param shape as NumPy writes it, without brackets
   */
  static byte[] npy(float[] values, String shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    return npy(1, header, bytes.array());
  }

  static byte[] npy(int version, String header, byte[] values) {
    byte[] text = (header + "\n").getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    out.write(text.length);
    out.write(text.length >> 8);
    if (version > 1) {
      out.write(0);
      out.write(0);
    }
    out.writeBytes(text);
    out.writeBytes(values);
    return out.toByteArray();
  }
}
