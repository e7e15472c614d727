package dev.insitu.forge;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.model.Weight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** Codes the root of a re-trained family against the family's weights (format, section 7). */
final class RootKeeper {

  private final BlockTable blocks;
  private final DifferenceCoder.Values family;
  private final DifferenceCoder.Values root;
  private final ChunkSpool spool;
  private final ForgeProgress progress;

  /**
   * @param blocks of the package
   * @param family its tensors
   * @param root what the tensors were in the root, those that it lacks as the family has them
   * @param spool where chunks go
   */
  RootKeeper(
      BlockTable blocks,
      List<Weight> family,
      List<Weight> root,
      ChunkSpool spool,
      ForgeProgress progress) {
    this.blocks = blocks;
    this.family = DifferenceCoder.of(family);
    this.root = DifferenceCoder.of(root);
    this.spool = spool;
    this.progress = progress;
  }

  /**
   * Codes the root.
   *
   * @param graph the whole root as one graph, its weights where the family's graph has them
   * @param manifest of the family
   */
  KeptRoot keep(byte[] graph, Manifest manifest) throws IOException {
    byte[] coded = KeptRoot.encodeGraph(graph, manifest);
    if (coded.length > ChunkSpec.MAX_BYTES) {
      throw new ForgeException(
          "What the root's graph has of its own takes "
              + coded.length
              + " bytes; at most "
              + ChunkSpec.MAX_BYTES
              + " can be kept.");
    }
    MessageDigest reference = Digest.newSha256();
    List<Block> changed = new ArrayList<>();
    for (int i = 0; i < blocks.blockCount(); i++) {
      Block block = blocks.block(i);
      ByteBuffer values = DifferenceCoder.values(root, block);
      reference.update(values.duplicate());
      if (!values.equals(DifferenceCoder.values(family, block))) {
        changed.add(block);
      }
    }
    return new KeptRoot(
        Digest.of(reference.digest()),
        new ObjectRef(spool.add(coded), coded.length),
        new DifferenceCoder(root, family, spool)
            .code(changed, done -> progress.update("keeping the root", done, changed.size())));
  }
}
