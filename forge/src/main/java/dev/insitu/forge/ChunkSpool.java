package dev.insitu.forge;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** Chunks as they are made, in a temporary file: their order is known only when all are there. */
final class ChunkSpool implements ChunkSource, AutoCloseable {

  private final FileChannel channel;
  private final Map<Digest, Long> offsets = new HashMap<>();
  private long end;

  /**
   * @param file must not exist; it goes when the spool is closed
   */
  ChunkSpool(Path file) throws IOException {
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** Keeps a chunk; one that is there already costs nothing. */
  synchronized Digest add(byte[] chunk) throws IOException {
    Digest digest = Digest.sha256(chunk);
    if (offsets.containsKey(digest)) {
      return digest;
    }
    ByteBuffer bytes = ByteBuffer.wrap(chunk);
    while (bytes.hasRemaining()) {
      channel.write(bytes, end + bytes.position());
    }
    offsets.put(digest, end);
    end += chunk.length;
    return digest;
  }

  @Override
  public synchronized ByteBuffer read(Digest digest, int size) throws IOException {
    Long offset = offsets.get(digest);
    if (offset == null) {
      throw new IOException("Chunk " + digest.brief() + " was never made.");
    }
    ByteBuffer bytes = ByteBuffer.allocate(size);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw new IOException("The file of chunks ended early.\nMaybe something else cut it.");
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
