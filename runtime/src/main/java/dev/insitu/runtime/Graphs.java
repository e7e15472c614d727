package dev.insitu.runtime;

import dev.insitu.elastic.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Makes the sessions of one package. */
final class Graphs {

  private final Manifest manifest;
  private final RuntimeOptions options;

  Graphs(Manifest manifest, RuntimeOptions options) {
    this.manifest = manifest;
    this.options = options;
  }

  /** A session of one segment over a generation that has its tensors; not opened yet. */
  GraphSession segment(int segment, Generation home) throws IOException {
    String what =
        "Segment "
            + segment
            + " of "
            + manifest.segments().size()
            + " of model '"
            + manifest.name()
            + "'";
    ByteBuffer graph = manifest.segments().get(segment).graph();
    return new GraphSession(
        what,
        home.graph("segment-" + segment + ".onnx", graph),
        options.streaming(),
        home,
        options.freeSegmentsAfterUse());
  }

  /** A session of the whole graph over a generation that has all tensors; not opened yet. */
  GraphSession whole(Generation home) throws IOException {
    return new GraphSession(
        "Model '" + manifest.name() + "' in one piece",
        home.graph("whole.onnx", manifest.fusedGraph()),
        options.fused(),
        home,
        false);
  }
}
