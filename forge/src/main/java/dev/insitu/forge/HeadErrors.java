package dev.insitu.forge;

import dev.insitu.elastic.ChunkSpec;
import java.util.List;

/**
 * Brings the errors that a head's chunks remove to the scale of the model's. A head serves those
 * who stop at it only, so to the full model its bytes are lost: few weights that matter much to one
 * exit must not come before the planes that everybody needs. On one scale of error per byte a head
 * is refined in step with the model, and takes of any prefix about its share of the weights.
 */
final class HeadErrors {

  private HeadErrors() {}

  /**
   * The head's chunks with errors such that its first refinements gain per byte what the model's
   * first refinements gain on average.
   */
  static List<ChunkSpec> inStep(List<ChunkSpec> model, List<ChunkSpec> head) {
    int groups = head.stream().mapToInt(ChunkSpec::group).max().orElse(0);
    for (int group = 1; group <= groups; group++) {
      double mine = gain(head, group);
      double theirs = gain(model, group);
      if (mine > 0 && theirs > 0) {
        double scale = theirs / mine;
        return head.stream().map(chunk -> scaled(chunk, scale)).toList();
      }
    }
    return head;
  }

  private static double gain(List<ChunkSpec> chunks, int group) {
    double error = 0;
    long bytes = 0;
    for (ChunkSpec chunk : chunks) {
      if (chunk.group() == group) {
        error += chunk.errorRemoved();
        bytes += chunk.size();
      }
    }
    return bytes == 0 ? 0 : error / bytes;
  }

  private static ChunkSpec scaled(ChunkSpec chunk, double scale) {
    float error = (float) Math.min(chunk.errorRemoved() * scale, Float.MAX_VALUE / 2);
    return new ChunkSpec(
        chunk.digest(), chunk.size(), chunk.group(), chunk.firstBlock(), chunk.endBlock(), error);
  }
}
