package dev.insitu.device;

import dev.insitu.elastic.plan.Plan;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The part of a manifest that has arrived, in a file that outlives the process. For one thread. */
final class ManifestInflow implements Closeable {

  private static final String SUFFIX = ".part";

  private final AppendFile file;
  private final int size;

  /**
   * Goes on with what is there of the same manifest in the same form, and drops what is there of
   * others.
   *
   * @param directory of the model
   */
  ManifestInflow(Path directory, Plan plan, StoreGate gate) throws IOException {
    Path path = directory.resolve(name(plan) + SUFFIX);
    try (DirectoryStream<Path> others = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path other : others) {
        if (!other.equals(path)) {
          Files.delete(other);
        }
      }
    }
    this.size = (int) plan.manifestBytes();
    this.file = new AppendFile(path, gate);
    if (file.length() > size) {
      file.truncate(0);
    }
  }

  private static String name(Plan plan) {
    return plan.content().manifest().brief()
        + "-"
        + plan.content().form()
        + plan.content().base().map(base -> "-" + base.brief()).orElse("");
  }

  int received() {
    return (int) file.length();
  }

  boolean isWhole() {
    return received() == size;
  }

  /** Takes the next bytes; returns how many of them belong to the manifest. */
  int append(byte[] bytes, int offset, int length) throws IOException {
    int taken = Math.min(length, size - received());
    file.append(ByteBuffer.wrap(bytes, offset, taken));
    return taken;
  }

  byte[] bytes() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(size);
    file.read(bytes, 0);
    return bytes.array();
  }

  /** Throws away what has arrived. */
  void reset() throws IOException {
    file.truncate(0);
  }

  /** Ends with the manifest in its place: the part is not needed any more. */
  void delete() throws IOException {
    file.delete();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
