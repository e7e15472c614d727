package dev.insitu.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.insitu.demo.ShapeImages;
import dev.insitu.demo.ShapesModel;
import dev.insitu.elastic.PackageFile;
import dev.insitu.elastic.Signatures.Trust;
import dev.insitu.forge.Forge;
import dev.insitu.forge.ForgeOptions;
import dev.insitu.forge.ForgeProgress;
import dev.insitu.library.Library;
import dev.insitu.server.InsituServer;
import dev.insitu.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example against a real server. */
final class FirstInferenceTest {

  private static final int PICTURES = 10;

  @TempDir private Path directory;

  @Test
  void saysWhatIsOnThePictures() throws IOException {
    Path onnx = Files.write(directory.resolve("shapes.onnx"), ShapesModel.onnx());
    Path file = directory.resolve("shapes.insitu");
    Forge.pack(onnx, file, ForgeOptions.of("shapes", "1"), ForgeProgress.NONE);
    Path shelves = directory.resolve("library");
    try (Library library = Library.open(shelves);
        PackageFile pack = PackageFile.open(file, Trust.anybody())) {
      library.publish(pack);
    }
    try (InsituServer server = InsituServer.start(ServerOptions.of(shelves).withPort(0))) {
      URI uri = URI.create("http://127.0.0.1:" + server.port());
      int right = 0;
      for (int picture = 0; picture < PICTURES; picture++) {
        String answer = FirstInference.classify(directory.resolve("device"), uri, picture);
        int label = ShapeImages.label(ShapeImages.TEST_SEED, picture);
        right += answer.equals(ShapeImages.CLASSES.get(label)) ? 1 : 0;
      }
      assertTrue(right >= PICTURES - 2, right + " of " + PICTURES + " pictures were recognised");
    }
  }
}
