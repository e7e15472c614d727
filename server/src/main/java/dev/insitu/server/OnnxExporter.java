package dev.insitu.server;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SubModel;
import java.io.IOException;
import java.nio.file.Path;

/** Writes a sub-model as a plain ONNX file, for everybody else's tools. */
public interface OnnxExporter {

  /**
   * Exports a sub-model.
   *
   * @param manifest of the package
   * @param chunks gives its chunks
   * @param model what to export
   * @param depth how many segments; below all of them with the exit there, if there is one
   * @return a file that is the caller's to delete
   */
  Path export(Manifest manifest, ChunkSource chunks, SubModel model, int depth) throws IOException;
}
