package dev.insitu.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Weights one after the other at page boundaries. */
final class WeightLayout implements WeightLocator {

  private static final int PAGE = 4096;

  private final OnnxModel model;
  private final long[] offsets;

  WeightLayout(OnnxModel model) {
    this.model = model;
    offsets = new long[model.weights().size()];
    long at = 0;
    for (Weight weight : model.weights()) {
      offsets[weight.index()] = at;
      at = (at + weight.byteLength() + PAGE - 1) / PAGE * PAGE;
    }
  }

  @Override
  public long offset(int weight) {
    return offsets[weight];
  }

  Path write(Path folder) throws IOException {
    Path file = folder.resolve(WeightLocator.FILE);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
      for (Weight weight : model.weights()) {
        for (long done = 0; done < weight.byteLength(); done += buffer.limit()) {
          buffer.clear().limit((int) Math.min(buffer.capacity(), weight.byteLength() - done));
          weight.read(done, buffer);
          channel.write(buffer.flip(), offset(weight.index()) + done);
        }
      }
    }
    return file;
  }
}
