package dev.insitu.examples.train;

import dev.insitu.examples.train.onnx.ModelProto;
import dev.insitu.examples.train.onnx.StringStringEntryProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The model after some epochs, as an ONNX file that also says how many and of which recipe. A file
 * is replaced in one step, so a killed run leaves the last whole one.
 */
record Checkpoint(ModelProto model, int epochsDone) {
  private static final String EPOCHS_DONE = "epochs_done";
  private static final String RECIPE = "recipe";

  /** The checkpoint in the file, if there is one and it is of the same recipe. */
  static Optional<Checkpoint> read(Path file, Recipe recipe) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
    Map<String, String> notes =
        model.getMetadataPropsList().stream()
            .collect(
                Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
    if (!recipe.toString().equals(notes.get(RECIPE))) {
      return Optional.empty();
    }
    ModelProto plain = model.toBuilder().clearMetadataProps().build();
    return Optional.of(new Checkpoint(plain, Integer.parseInt(notes.get(EPOCHS_DONE))));
  }

  void write(Path file, Recipe recipe) throws IOException {
    ModelProto noted =
        model.toBuilder()
            .addMetadataProps(note(EPOCHS_DONE, Integer.toString(epochsDone)))
            .addMetadataProps(note(RECIPE, recipe.toString()))
            .build();
    replace(file, noted);
  }

  /** Writes a model without notes. */
  static void replace(Path file, ModelProto model) throws IOException {
    Path whole = file.toAbsolutePath();
    Files.createDirectories(whole.getParent());
    Path partial = whole.resolveSibling(whole.getFileName() + ".partial");
    Files.write(partial, model.toByteArray());
    Files.move(partial, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static StringStringEntryProto note(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
