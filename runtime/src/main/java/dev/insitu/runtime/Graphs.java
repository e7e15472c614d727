package dev.insitu.runtime;

import dev.insitu.elastic.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Makes the sessions of one package. */
final class Graphs {

  /** The engine's own copy in another layout, beside the mapped one, and what building takes. */
  private static final double LAYOUT_FACTOR = 2.5;

  private final Manifest manifest;
  private final RuntimeOptions options;

  Graphs(Manifest manifest, RuntimeOptions options) {
    this.manifest = manifest;
    this.options = options;
  }

  /** How far later sessions of segments are optimised. */
  Optimisation refined() {
    boolean fits = options.refined() != Optimisation.ALL || layoutFits();
    return fits && !options.freeSegmentsAfterUse() ? options.refined() : options.opening();
  }

  /** Whether there is memory for all weights in another layout. */
  boolean layoutFits() {
    double needed = LAYOUT_FACTOR * manifest.blocks().weightFileBytes();
    return needed <= options.layoutMemoryBytes().orElseGet(() -> SystemMemory.available() / 2);
  }

  /** A session of one segment over a generation that has its tensors; not opened yet. */
  GraphSession segment(int segment, Generation home, Optimisation optimisation) throws IOException {
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
        optimisation,
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
