package dev.insitu.forge;

import dev.insitu.elastic.Coding;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.TensorSpec;
import dev.insitu.model.Weight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/** The first pass over the weights: decides codings, gathers statistics, computes the reference digest. Memory: one tile. */
final class TensorScan {

  private static final int TILE_BYTES = 1 << 20;

  private final ByteBuffer tile = ByteBuffer.allocateDirect(TILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final MessageDigest reference = Digest.newSha256();

  /**
   * What is known of a tensor after the pass.
   *
   * @param spec how it is coded
   * @param stats its statistics; of a tensor that is not coded in planes nothing useful
   */
  record Scanned(TensorSpec spec, TensorStats stats) {}

  /** Reads a weight once. Weights must come in tensor order. */
  Scanned scan(Weight weight) throws IOException {
    TensorSpec spec = WeightCoding.choose(weight);
    boolean coded = spec.coding() != Coding.RAW;
    TensorStats stats =
        new TensorStats(
            spec.type(), coded ? spec.length() : 0, spec.coding() == Coding.PLANES ? spec.rowLength() : TensorSpec.MAX_ROW);
    for (long offset = 0; offset < weight.byteLength(); offset += TILE_BYTES) {
      tile.clear().limit((int) Math.min(TILE_BYTES, weight.byteLength() - offset));
      weight.read(offset, tile);
      tile.flip();
      reference.update(tile.duplicate());
      if (coded) {
        stats.add(tile);
      }
    }
    return new Scanned(coded && !stats.finite() ? WeightCoding.raw(weight) : spec, stats);
  }

  /** SHA-256 of all weights scanned. */
  Digest reference() {
    return Digest.of(reference.digest());
  }
}
