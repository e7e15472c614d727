package dev.insitu.benchmarks.models;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/**
 * Writes ONNX models with seeded random weights. They run in ONNX Runtime and have finite outputs,
 * but nothing is trained: they say nothing about accuracy.
 *
 * <p>{@code java -Xmx256m -cp 'benchmarks/target/*:benchmarks/target/lib/*'
 * dev.insitu.benchmarks.models.ModelGenerator --help}
 */
public final class ModelGenerator {
  private static final String ENDING = ".onnx";
  private static final String DATA_ENDING = ".data";
  private static final String PART_ENDING = ".part";

  private ModelGenerator() {}

  public static void main(String[] arguments) {
    System.exit(GenerateCommand.commandLine().execute(arguments));
  }

  /**
   * Writes a model. The same spec and file name give the same bytes everywhere. A file of that name
   * is replaced once the new one is whole.
   *
   * @param file the ONNX file; external data goes beside it, with {@code .data} added to its name
   * @throws IllegalArgumentException if the spec needs external data and does not say so
   */
  public static GeneratedModel generate(ModelSpec spec, Path file) throws IOException {
    ModelPlan plan = ModelPlan.of(spec);
    FileLayout layout = FileLayout.of(plan, dataFile(file).getFileName().toString());
    write(plan, layout, file);
    return describe(plan, layout, file);
  }

  /** As {@link #generate}, but a file that was generated for this spec before is left as it is. */
  public static GeneratedModel generateOnce(ModelSpec spec, Path file) throws IOException {
    ModelPlan plan = ModelPlan.of(spec);
    FileLayout layout = FileLayout.of(plan, dataFile(file).getFileName().toString());
    if (!isThere(plan, layout, file)) {
      write(plan, layout, file);
    }
    return describe(plan, layout, file);
  }

  private static void write(ModelPlan plan, FileLayout layout, Path file) throws IOException {
    ModelWriter writer = new ModelWriter(plan, layout);
    if (layout.dataBytes() > 0) {
      replace(dataFile(file), writer::writeData);
    }
    replace(file, writer::writeModel);
  }

  private static GeneratedModel describe(ModelPlan plan, FileLayout layout, Path file) {
    String fileName = file.getFileName().toString();
    String name =
        fileName.endsWith(ENDING)
            ? fileName.substring(0, fileName.length() - ENDING.length())
            : fileName;
    return new GeneratedModel(
        name,
        plan.spec(),
        layout.dataBytes() > 0 ? List.of(file, dataFile(file)) : List.of(file),
        layout.modelBytes() + layout.dataBytes(),
        plan.parameters(),
        plan.inputs());
  }

  /**
   * Whether lengths are right and the model begins as it should; the spec stands in its beginning.
   */
  private static boolean isThere(ModelPlan plan, FileLayout layout, Path file) throws IOException {
    if (!hasLength(file, layout.modelBytes())
        || (layout.dataBytes() > 0 && !hasLength(dataFile(file), layout.dataBytes()))) {
      return false;
    }
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(head);
    new ModelWriter(plan, layout).writeHead(out);
    out.flush();
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(head.size()), head.toByteArray());
    }
  }

  private static boolean hasLength(Path file, long bytes) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) == bytes;
  }

  private static Path dataFile(Path file) {
    return file.resolveSibling(file.getFileName() + DATA_ENDING);
  }

  /** Writes a file's content. */
  private interface Content {
    void writeTo(Path file) throws IOException;
  }

  private static void replace(Path file, Content content) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + PART_ENDING);
    try {
      content.writeTo(part);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
