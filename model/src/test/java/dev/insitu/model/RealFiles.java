package dev.insitu.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.tukaani.xz.XZInputStream;

/**
 * Real models and data that tests read where they are found: INSITU_DATA or a folder shared/data
 * beside or above.
 */
public final class RealFiles {

  private static final int TAR_BLOCK = 512;

  private RealFiles() {}

  /** A file of the data; the test is skipped if it is not there. */
  public static Path file(String name) {
    Path folder = folder();
    Assumptions.assumeTrue(folder != null, "no folder with real models: set INSITU_DATA");
    Path file = folder.resolve(name);
    Assumptions.assumeTrue(Files.exists(file), name + " is not there");
    return file;
  }

  /** A file of the folder of models, unpacked to another if it is packed. */
  public static Path model(String name, Path temporary) throws IOException {
    Path packed = file("models/" + name);
    if (!name.endsWith(".xz") && !name.endsWith(".gz")) {
      return packed;
    }
    Path unpacked = temporary.resolve(name.replace('/', '-').replaceAll("\\.(xz|tar\\.gz)$", ""));
    try (InputStream in = Files.newInputStream(packed)) {
      if (name.endsWith(".xz")) {
        Files.copy(new XZInputStream(in), unpacked);
      } else {
        unpackFromTar(new GZIPInputStream(in), unpacked);
      }
    }
    return unpacked;
  }

  private static Path folder() {
    String given = System.getProperty("INSITU_DATA", System.getenv("INSITU_DATA"));
    if (given != null) {
      return Path.of(given);
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path data = at.resolve("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return data;
      }
    }
    return null;
  }

  /** The first .onnx entry of a tar stream: name at 0, octal size at 124 of its header. */
  private static void unpackFromTar(InputStream tar, Path to) throws IOException {
    while (true) {
      byte[] header = tar.readNBytes(TAR_BLOCK);
      String name = new String(header, 0, 100, StandardCharsets.US_ASCII).trim();
      int size = Integer.parseInt(new String(header, 124, 12, StandardCharsets.US_ASCII).trim(), 8);
      byte[] content = tar.readNBytes(size);
      tar.skipNBytes((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
      if (name.endsWith(".onnx") && !name.contains("._")) {
        Files.write(to, content);
        return;
      }
    }
  }
}
