package dev.insitu.runtime;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Holds nothing in memory: decodes the chunks again whenever tensors are written. */
final class StreamedStore implements TensorStore {

  private final Manifest manifest;
  private final ChunkSource source;
  private final BitSet added = new BitSet();

  StreamedStore(Manifest manifest, ChunkSource source) {
    this.manifest = manifest;
    this.source = source;
  }

  @Override
  public void add(int chunk) {
    added.set(chunk);
  }

  @Override
  public boolean writeBlock(int block, Generation target) {
    return false;
  }

  @Override
  public void write(BitSet tensors, Generation target, int stamp) throws IOException {
    SubModel known = SubModel.usableOf(manifest, added);
    try {
      target.sweep(source, known, tensors);
    } catch (BadChunkException e) {
      added.clear(e.chunk());
      throw e;
    }
    tensors.stream().forEach(tensor -> target.complete(tensor, stamp));
  }

  @Override
  public @Nullable Generation exact(Iterable<Integer> tensors) {
    return null;
  }

  @Override
  public void forget() {}

  @Override
  public void close() {
    added.clear();
  }
}
