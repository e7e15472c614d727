package dev.insitu.forge;

import dev.insitu.elastic.ElementType;
import dev.insitu.elastic.ValueSpec;
import dev.insitu.forge.samples.Column;
import dev.insitu.forge.samples.GeneratedSamples;
import dev.insitu.runtime.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.tukaani.xz.XZInputStream;

/**
 * Trained models that tests read where they are found: INSITU_DATA or a folder shared/data beside
 * or above.
 */
final class RealModels {

  private static final int TAR_BLOCK = 512;

  private RealModels() {}

  /** A file below the folder of models; the test is skipped if it is not there. */
  static Path file(String name) {
    Path folder = folder();
    Assumptions.assumeTrue(folder != null, "no folder with real models: set INSITU_DATA");
    Path file = folder.resolve("models").resolve(name);
    Assumptions.assumeTrue(Files.exists(file), name + " is not there");
    return file;
  }

  /** The same, unpacked to a folder if it is packed. */
  static Path unpacked(String name, Path folder) throws IOException {
    Path packed = file(name);
    if (!name.endsWith(".xz") && !name.endsWith(".gz")) {
      return packed;
    }
    Path unpacked = folder.resolve(name.replace('/', '-').replaceAll("\\.(xz|tar\\.gz)$", ""));
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

  /** The first .onnx entry of a tar stream. */
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

  /** Inputs that the model accepts. */
  static Map<String, Tensor> inputs(List<ValueSpec> specs) {
    boolean voice = specs.stream().anyMatch(input -> input.name().equals("sr"));
    return voice ? voice() : generated(specs);
  }

  private static Map<String, Tensor> voice() {
    return Map.of(
        "input", Tensor.of(Onnx.normal(new Random(1), 576, 0.1), 1, 576),
        "state", Tensor.zeros(ElementType.FLOAT32, 2, 1, 128),
        "sr", Tensor.of(new long[] {16_000}));
  }

  private static Map<String, Tensor> generated(List<ValueSpec> specs) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (Map.Entry<String, Column> entry :
        GeneratedSamples.make(specs, 1, 1).columns().entrySet()) {
      Column column = entry.getValue();
      inputs.put(entry.getKey(), Tensor.wrap(column.type(), column.bytes(), column.shape()));
    }
    return inputs;
  }
}
