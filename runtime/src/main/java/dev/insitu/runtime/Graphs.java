package dev.insitu.runtime;

import dev.insitu.elastic.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Makes the sessions of one package. */
final class Graphs {

  /** The engine's own copy in another layout, beside the mapped one, and what building takes. */
  private static final double LAYOUT_FACTOR = 2.5;

  private final Manifest manifest;
  private final Parts parts;
  private final RuntimeOptions options;

  Graphs(Manifest manifest, RuntimeOptions options) {
    this.manifest = manifest;
    this.parts = new Parts(manifest);
    this.options = options;
  }

  /** How far later sessions of segments are optimised. */
  Optimisation refined() {
    boolean fits = options.refined() != Optimisation.ALL || layoutFits();
    return fits && !options.freeSegmentsAfterUse() ? options.refined() : options.opening();
  }

  /** Whether there is memory for all weights in another layout. */
  boolean layoutFits() {
    double needed = LAYOUT_FACTOR * manifest.layout().bytes();
    return needed <= options.layoutMemoryBytes().orElseGet(() -> SystemMemory.available() / 2);
  }

  /** A session of one part over a generation that has its tensors; not opened yet. */
  GraphSession part(int part, Generation home, Optimisation optimisation) throws IOException {
    String what =
        parts.name(part) + " of " + parts.segments() + " of model '" + manifest.name() + "'";
    ByteBuffer graph = parts.get(part).graph();
    return new GraphSession(
        what,
        home.graph("part-" + part + ".onnx", graph),
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
