package dev.insitu.forge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForgeOptionsTest {

  @TempDir Path folder;

  @Test
  void byDefaultNothingIsMeasuredSignedOrCompared() {
    ForgeOptions options = ForgeOptions.of("net", "1.0");
    assertEquals(Optional.empty(), options.samples());
    assertEquals(Optional.empty(), options.signer());
    assertEquals(Optional.empty(), options.workDirectory());
    assertEquals(List.of(), options.bases());
    assertEquals(List.of(), options.exits());
    assertTrue(options.maxSegments().isEmpty());
  }

  @Test
  void namesMustFitTheWire() {
    assertThrows(ElasticException.class, () -> ForgeOptions.of("", "1"));
    assertThrows(ElasticException.class, () -> ForgeOptions.of("a/../b", "1"));
    assertThrows(ElasticException.class, () -> ForgeOptions.of("net", "one two"));
  }

  @Test
  void segmentsHaveALimit() {
    ForgeOptions options = ForgeOptions.of("net", "1");
    assertEquals(256, options.withMaxSegments(256).maxSegments().orElseThrow());
    for (int bad : new int[] {0, -1, 257}) {
      ForgeException e = assertThrows(ForgeException.class, () -> options.withMaxSegments(bad));
      assertTrue(e.getMessage().contains(bad + "; 1 to 256"), e.getMessage());
    }
  }

  @Test
  void aBaseMustBeWholeAndNamedOnce() throws IOException {
    Path model = Onnx.write(Onnx.chain(1, 3, 200), folder.resolve("model.onnx"));
    ForgeOptions options = ForgeOptions.of("net", "2");
    try (Packed base = Packed.of(model, folder)) {
      assertEquals(1, options.withBases(List.of(base.file())).bases().size());
      assertThrows(
          ForgeException.class, () -> options.withBases(List.of(base.file(), base.file())));
      Path cut = Files.copy(base.file().path(), folder.resolve("cut.insitu"));
      try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() - 1);
      }
      try (PackageFile file = PackageFile.open(cut, Trust.anybody())) {
        ForgeException e =
            assertThrows(ForgeException.class, () -> options.withBases(List.of(file)));
        assertTrue(e.getMessage().contains("holds only"), e.getMessage());
      }
    }
  }
}
