package dev.insitu.benchmarks.scenarios;

import dev.insitu.elastic.ElementType;
import dev.insitu.runtime.Tensor;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named tensors in a file, to hand them to another process of this program. */
final class TensorFile {

  private TensorFile() {}

  static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(tensors.size());
      for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
        out.writeUTF(tensor.getKey());
        out.writeUTF(tensor.getValue().type().name());
        out.writeInt(tensor.getValue().shape().length);
        for (long length : tensor.getValue().shape()) {
          out.writeLong(length);
        }
        ByteBuffer values = tensor.getValue().bytes();
        byte[] bytes = new byte[values.remaining()];
        values.get(bytes);
        out.writeInt(bytes.length);
        out.write(bytes);
      }
    }
  }

  static Map<String, Tensor> read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        String name = in.readUTF();
        ElementType type = ElementType.valueOf(in.readUTF());
        long[] shape = new long[in.readInt()];
        for (int d = 0; d < shape.length; d++) {
          shape[d] = in.readLong();
        }
        byte[] bytes = in.readNBytes(in.readInt());
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        tensors.put(name, Tensor.wrap(type, direct, shape));
      }
      return tensors;
    }
  }
}
