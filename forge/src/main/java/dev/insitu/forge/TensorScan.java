package dev.insitu.forge;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.model.Weight;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * The first pass over the weights: decides codings, gathers statistics, computes the reference
 * digest. Memory: one tile.
 */
final class TensorScan {

  private static final int TILE_BYTES = 1 << 20;

  private final ByteBuffer tile =
      ByteBuffer.allocateDirect(TILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final MessageDigest reference = Digest.newSha256();
  private final List<String> warnings = new ArrayList<>();

  /**
   * What is known of a tensor after the pass.
   *
   * @param spec how it is coded
   * @param stats statistics of the weight that it is, or is a part of; empty ones of a tensor that
   *     is coded as bytes
   * @param weightLength elements of that weight
   */
  record Scanned(TensorSpec spec, TensorStats stats, long weightLength) {

    Scanned(TensorSpec spec, TensorStats stats) {
      this(spec, stats, spec.length());
    }
  }

  /** Parts of one weight count with what is known of all of it. */
  static List<Scanned> joined(List<Scanned> tensors, IntUnaryOperator weightOf) {
    Map<Integer, TensorStats> stats = new HashMap<>();
    Map<Integer, Long> lengths = new HashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      Scanned tensor = tensors.get(i);
      if (tensor.spec().coding() != Coding.RAW) {
        stats.merge(weightOf.applyAsInt(i), tensor.stats(), TensorStats::with);
        lengths.merge(weightOf.applyAsInt(i), tensor.spec().length(), Long::sum);
      }
    }
    List<Scanned> joined = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      Scanned tensor = tensors.get(i);
      int weight = weightOf.applyAsInt(i);
      TensorStats all = stats.getOrDefault(weight, tensor.stats());
      joined.add(
          tensor.spec().coding() == Coding.RAW
              ? tensor
              : new Scanned(
                  tensor.spec(), all, lengths.getOrDefault(weight, tensor.weightLength())));
    }
    return joined;
  }

  /** Reads a weight once. Weights must come in tensor order. */
  Scanned scan(Weight weight) {
    TensorSpec spec = WeightCoding.choose(weight);
    boolean numbers = spec.coding() != Coding.RAW;
    TensorStats stats = new TensorStats(spec.type());
    for (long offset = 0; offset < weight.byteLength(); offset += TILE_BYTES) {
      tile.clear().limit((int) Math.min(TILE_BYTES, weight.byteLength() - offset));
      weight.read(offset, tile);
      tile.flip();
      reference.update(tile.duplicate());
      if (numbers) {
        stats.add(tile);
      }
    }
    if (!numbers || stats.codable()) {
      return new Scanned(spec, stats);
    }
    warnings.add(
        "Tensor '"
            + weight.name()
            + "' holds NaN, infinite or larger values than 2^127: its "
            + weight.byteLength()
            + " bytes travel as they are, all before the first answer.");
    return new Scanned(WeightCoding.raw(weight), new TensorStats(spec.type()));
  }

  /** SHA-256 of all weights scanned. */
  Digest reference() {
    return Digest.of(reference.digest());
  }

  /** What people should know about tensors that could not be coded as numbers. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }
}
