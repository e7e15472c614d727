package dev.insitu.runtime;

import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.KeptRoot;
import dev.insitu.elastic.Manifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** The values of a kept root in one file, laid out as its graph refers to them. */
public final class KeptRootFile {

  private KeptRootFile() {}

  /**
   * Makes the weight file of the root, in the layout of the family's whole width.
   *
   * @param root the package's
   * @param chunks holds every chunk of the package
   * @param file must not exist; beside it a temporary file of the same size is made
   * @throws ElasticException CORRUPT if the values are not the root's
   * @throws IOException if a chunk cannot be read, or the file cannot be written; then there is no
   *     file
   */
  public static void assemble(Manifest manifest, KeptRoot root, ChunkSource chunks, Path file)
      throws IOException {
    Path family = file.resolveSibling(file.getFileName() + ".family");
    try {
      WeightFile.assembleReference(manifest, chunks, family);
      Digest found = apply(manifest.whole(), root, chunks, family, file);
      if (!found.equals(root.reference())) {
        throw ElasticException.corrupt(
            "The root that '"
                + manifest.name()
                + "' "
                + manifest.header().version()
                + " keeps has the digest "
                + found.brief()
                + " instead of "
                + root.reference().brief()
                + ".\nMaybe the package was made wrongly.");
      }
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    } finally {
      Files.deleteIfExists(family);
    }
  }

  /** Writes the root's values and tells their digest. */
  private static Digest apply(
      Manifest manifest, KeptRoot root, ChunkSource chunks, Path family, Path file)
      throws IOException {
    MessageDigest sha = Digest.newSha256();
    BlockTable table = manifest.blocks();
    try (FileChannel base = FileChannel.open(family);
        WeightChannel target = new WeightChannel(file, manifest.layout())) {
      new DifferenceSweep(
              table,
              chunks,
              table,
              tensor -> tensor,
              base,
              (block, values) -> {
                sha.update(values.duplicate());
                target.write(block, values);
              })
          .run(root.chunks());
      target.extend();
    }
    return Digest.of(sha.digest());
  }
}
