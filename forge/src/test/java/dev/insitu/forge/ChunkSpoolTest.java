package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.insitu.elastic.Digest;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkSpoolTest {

  @TempDir Path folder;

  @Test
  void givesChunksBackInAnyOrder() throws IOException {
    try (ChunkSpool spool = new ChunkSpool(folder.resolve("spool"))) {
      byte[][] chunks = {{1}, {2, 3}, {1}, {4, 5, 6}};
      for (byte[] chunk : chunks) {
        assertEquals(Digest.sha256(chunk), spool.add(chunk));
      }
      for (int i = chunks.length - 1; i >= 0; i--) {
        byte[] chunk = chunks[i];
        assertArrayEquals(chunk, spool.read(Digest.sha256(chunk), chunk.length).array());
      }
    }
  }

  @Test
  void leavesNoFile() throws IOException {
    new ChunkSpool(folder.resolve("spool")).close();
    assertEquals(List.of(), Packed.list(folder));
  }

  @Test
  void doesNotTouchAFileThatIsThere() throws IOException {
    Path file = Files.write(folder.resolve("spool"), new byte[] {1});
    assertThrows(FileAlreadyExistsException.class, () -> new ChunkSpool(file));
    assertEquals(1, Files.size(file));
  }

  @Test
  void aChunkThatWasNeverMadeIsAnError() throws IOException {
    try (ChunkSpool spool = new ChunkSpool(folder.resolve("spool"))) {
      assertThrows(IOException.class, () -> spool.read(Digest.sha256(new byte[1]), 1));
    }
  }
}
