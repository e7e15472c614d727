package dev.insitu.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Recognises files that are often taken for ONNX models. */
final class FileKinds {

  private static final int HEAD_BYTES = 64;

  private FileKinds() {}

  /**
   * Refuses what is certainly no model.
   *
   * @throws OnnxException with advice that fits the kind of file
   */
  static void check(Path file) {
    if (!Files.exists(file)) {
      throw new OnnxException("there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new OnnxException("it is not a file");
    }
    String head = head(file);
    if (head.isEmpty()) {
      throw new OnnxException("the file is empty\nMaybe a download failed.");
    }
    if (head.startsWith("version https://git-lfs")) {
      throw new OnnxException("it is a Git LFS pointer, not the model\nMaybe run: git lfs pull");
    }
    if (head.startsWith("PK\u0003\u0004")) {
      throw new OnnxException(
          "it is a zip archive\nMaybe unpack it, or export the PyTorch model with torch.onnx.");
    }
    if (head.startsWith("\u001f\u008b")
        || head.startsWith("\u00fd7zXZ")
        || head.startsWith("BZh")) {
      throw new OnnxException("it is compressed\nMaybe unpack it first.");
    }
    if (head.startsWith("ORTM", 4)) {
      throw new OnnxException(
          "it is in ONNX Runtime's own format\nMaybe use the ONNX file it was made from.");
    }
    if (head.startsWith("TFL3", 4)) {
      throw new OnnxException("it is a TensorFlow Lite model\nMaybe convert it with tf2onnx.");
    }
  }

  private static String head(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(HEAD_BYTES), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new OnnxException("it cannot be read: " + e, e);
    }
  }
}
