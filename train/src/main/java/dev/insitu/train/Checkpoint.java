package dev.insitu.train;

import ai.djl.ndarray.NDArray;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A file with all that training needs to go on: the recipe's text, the steps done, every array by
 * name, a check sum. It is replaced in one step when the new one is on the disk, so a killed
 * process leaves the last whole one.
 */
final class Checkpoint {

  private static final int MAGIC = 0x494e5343;
  private static final int VERSION = 1;

  private final Optional<Path> file;
  private final String fingerprint;
  private final Map<String, NDArray> state;

  /**
   * @param fingerprint must be the same when it is read again
   * @param state what is written, and changed by reading
   */
  Checkpoint(Optional<Path> file, String fingerprint, Map<String, NDArray> state) {
    this.file = file;
    this.fingerprint = fingerprint;
    this.state = state;
  }

  /**
   * Writes the state.
   *
   * @return false, and nothing is written, if a value is not finite
   */
  boolean write(int steps) {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Map.Entry<String, NDArray> entry : state.entrySet()) {
      float[] floats = entry.getValue().toFloatArray();
      for (float value : floats) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
      values.put(entry.getKey(), floats);
    }
    if (file.isPresent()) {
      try {
        write(file.get().toAbsolutePath(), steps, values);
      } catch (IOException e) {
        throw new TrainException(
            "Checkpoint " + file.get() + " cannot be written: " + e + "\nMaybe the disk is full.",
            e);
      }
    }
    return true;
  }

  private void write(Path whole, int steps, Map<String, float[]> values) throws IOException {
    Path partial = whole.resolveSibling(whole.getFileName() + ".partial");
    try (FileChannel channel =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      CheckedOutputStream checked =
          new CheckedOutputStream(
              new BufferedOutputStream(Channels.newOutputStream(channel)), new CRC32());
      DataOutputStream out = new DataOutputStream(checked);
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      out.writeUTF(fingerprint);
      out.writeInt(steps);
      out.writeInt(values.size());
      for (Map.Entry<String, float[]> entry : values.entrySet()) {
        out.writeUTF(entry.getKey());
        write(out, entry.getValue());
      }
      out.writeLong(checked.getChecksum().getValue());
      out.flush();
      channel.force(true);
    }
    Files.move(partial, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void write(OutputStream out, float[] values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(4 * values.length + 4)
            .order(ByteOrder.BIG_ENDIAN)
            .putInt(values.length);
    bytes.asFloatBuffer().put(values);
    out.write(bytes.array());
  }

  /**
   * Puts the state back as it was when the file was written.
   *
   * @return the steps done then; 0, and nothing is changed, if there is no file
   * @throws TrainException if the file is damaged, or of another recipe or other parameters
   */
  int restore() {
    if (file.isEmpty() || !Files.exists(file.get())) {
      return 0;
    }
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file.get()))) {
      CheckedInputStream checked = new CheckedInputStream(raw, new CRC32());
      DataInputStream in = new DataInputStream(checked);
      if (in.readInt() != MAGIC || in.readInt() != VERSION) {
        throw refused("is no checkpoint of this version");
      }
      String written = in.readUTF();
      if (!written.equals(fingerprint)) {
        throw refused("belongs to another training: " + written + ", and this is " + fingerprint);
      }
      int steps = in.readInt();
      Map<String, float[]> values = values(in);
      long sum = checked.getChecksum().getValue();
      if (in.readLong() != sum) {
        throw refused("is damaged: its check sum is wrong");
      }
      values.forEach((name, floats) -> Torch.set(state.get(name), floats));
      return steps;
    } catch (IOException e) {
      throw new TrainException("Checkpoint " + file.get() + " cannot be read: " + e, e);
    }
  }

  /** No length is believed that is not the array's own. */
  private Map<String, float[]> values(DataInputStream in) throws IOException {
    Map<String, float[]> values = new LinkedHashMap<>();
    int count = in.readInt();
    for (int i = 0; i < count && count == state.size(); i++) {
      String name = in.readUTF();
      NDArray array = state.get(name);
      int length = in.readInt();
      if (array == null || length != array.size()) {
        throw refused("has other parameters: '" + name + "' with " + length + " values");
      }
      byte[] bytes = in.readNBytes(4 * length);
      if (bytes.length < 4 * length) {
        throw refused("is damaged: it ends too early");
      }
      FloatBuffer floats = ByteBuffer.wrap(bytes).asFloatBuffer();
      float[] read = new float[length];
      floats.get(read);
      values.put(name, read);
    }
    if (values.size() != state.size()) {
      throw refused("has " + count + " arrays, and training has " + state.size());
    }
    return values;
  }

  private TrainException refused(String why) {
    return new TrainException(
        "Checkpoint " + file.orElseThrow() + " " + why + ".\nMaybe delete it to start anew.");
  }
}
