package dev.insitu.model;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A weight file on disk. */
public final class WeightFile implements WeightStore, AutoCloseable {

  private final DataFiles files = new DataFiles();

  /** A file, opened when it is first read. */
  public WeightFile(Path path) {
    files.add(path);
  }

  @Override
  public void read(long offset, ByteBuffer into) {
    files.read(0, offset, into);
  }

  @Override
  public void close() {
    files.close();
  }
}
