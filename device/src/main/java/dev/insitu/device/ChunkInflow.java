package dev.insitu.device;

import dev.insitu.device.Segment.Part;
import dev.insitu.elastic.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Takes one chunk after another as its bytes come from the network. Bytes are hashed and written at
 * once, so that a cut or a killed process can go on in the middle of a chunk. For one thread.
 */
final class ChunkInflow implements Closeable {

  private final ChunkStore store;
  private @Nullable Segment segment;
  private @Nullable Part part;
  private MessageDigest sha = Digest.newSha256();

  ChunkInflow(ChunkStore store) {
    this.store = store;
  }

  /**
   * Begins a chunk, or goes on with one.
   *
   * @param size bytes of the whole chunk
   * @return how many of its bytes are already here
   */
  int begin(Digest digest, int size) throws IOException {
    Part current = part;
    if (current != null && current.digest().equals(digest) && current.size() == size) {
      return received();
    }
    part = null;
    Segment target = store.acquire(digest, segment);
    segment = target;
    Part found = target.part;
    if (found != null && found.digest().equals(digest) && found.size() == size) {
      resume(target, found);
      return received();
    }
    if (found != null) {
      store.drop(target, found);
    }
    Part begun = new Part(digest, target.file.length(), size);
    store.begin(target, begun);
    part = begun;
    sha.reset();
    return 0;
  }

  private void resume(Segment target, Part found) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(target.partBytes());
    target.file.read(bytes, found.offset());
    sha.reset();
    sha.update(Buffers.flip(bytes));
    part = found;
  }

  /** Bytes of the chunk that are here. */
  int received() {
    return segment == null || part == null ? 0 : segment.partBytes();
  }

  /** How many bytes of any unfinished chunk are here, or in the store. */
  int partBytes(Digest digest) {
    Part current = part;
    return current != null && current.digest().equals(digest)
        ? received()
        : store.partBytes(digest);
  }

  /** Takes the next bytes of the chunk. */
  void append(byte[] bytes, int offset, int length) throws IOException {
    Segment target = segment;
    Part current = part;
    if (target == null || current == null || length > current.size() - received()) {
      throw new IllegalStateException("More bytes than the chunk has");
    }
    target.file.append(ByteBuffer.wrap(bytes, offset, length));
    sha.update(bytes, offset, length);
  }

  /**
   * Ends the chunk.
   *
   * @return whether its bytes have the digest; if not they are thrown away
   */
  boolean finish() throws IOException {
    Segment target = segment;
    Part current = part;
    if (target == null || current == null || received() != current.size()) {
      throw new IllegalStateException("The chunk is not whole");
    }
    boolean right = Digest.of(sha.digest()).equals(current.digest());
    if (right) {
      store.add(target, current);
    } else {
      store.drop(target, current);
    }
    part = null;
    return right;
  }

  /** Lets go; a part stays for whoever goes on with it. */
  @Override
  public void close() {
    if (segment != null) {
      store.release(segment);
      segment = null;
      part = null;
    }
  }
}
