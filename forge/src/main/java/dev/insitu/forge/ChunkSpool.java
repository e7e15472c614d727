package dev.insitu.forge;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** Chunks as they are made, in a temporary file: their final order is known only when all are there. */
final class ChunkSpool implements ChunkSource, AutoCloseable {

  private final FileChannel channel;
  private final Map<Digest, Long> offsets = new HashMap<>();
  private long end;

  ChunkSpool(Path directory) throws IOException {
    Path file = Files.createTempFile(directory, "chunks", ".spool");
    channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
  }

  /** Keeps a chunk; one that is there already costs nothing. */
  synchronized Digest add(byte[] chunk) throws IOException {
    Digest digest = Digest.sha256(chunk);
    if (!offsets.containsKey(digest)) {
      ByteBuffer bytes = ByteBuffer.wrap(chunk);
      while (bytes.hasRemaining()) {
        channel.write(bytes, end + bytes.position());
      }
      offsets.put(digest, end);
      end += chunk.length;
    }
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
        throw new IOException("The spool file ended early.\nMaybe the disk is full.");
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
