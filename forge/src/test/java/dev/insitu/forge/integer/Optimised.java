package dev.insitu.forge.integer;

import dev.insitu.forge.samples.Samples;
import dev.insitu.model.proto.ModelProto;
import dev.insitu.model.proto.NodeProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What ONNX Runtime makes of a model. */
final class Optimised {

  private Optimised() {}

  /** How often each operator runs, by name. */
  static Map<String, Integer> operators(Path model, Samples samples, Path directory)
      throws IOException {
    Path optimised = Files.createTempFile(directory, "optimised", ".onnx");
    new SampleRun(Files.readAllBytes(model), samples, optimised.toString()).close();
    Map<String, Integer> counts = new TreeMap<>();
    for (NodeProto node :
        ModelProto.parseFrom(Files.readAllBytes(optimised)).getGraph().getNodeList()) {
      counts.merge(node.getOpType(), 1, Integer::sum);
    }
    return counts;
  }
}
