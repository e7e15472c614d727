package dev.insitu.elastic;

import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Writes {@code .insitu} files: complete, then renamed into place. */
public final class PackageWriter {

  private PackageWriter() {}

  /**
   * Writes a package.
   *
   * @param target the file; replaced at once when all is written
   * @param manifestBytes the manifest in its whole form
   * @param profile the profile the manifest names; empty if none
   * @param chunks gives every chunk of the manifest and its differences
   */
  public static void write(
      Path target, byte[] manifestBytes, List<Signed> signatures, byte[] profile, ChunkSource chunks)
      throws IOException {
    Manifest manifest = ManifestCodec.expand(ByteBuffer.wrap(manifestBytes)).manifest();
    Path directory = target.toAbsolutePath().getParent();
    Path temporary = Files.createTempFile(directory, "." + target.getFileName(), ".part");
    try {
      try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        writeAll(out, head(manifestBytes, signatures, profile));
        writeAll(out, ByteBuffer.wrap(manifestBytes));
        writeAll(out, ByteBuffer.wrap(profile));
        for (ChunkSpec chunk : manifest.chunks()) {
          writeAll(out, chunks.read(chunk.digest(), chunk.size()));
        }
        for (VersionDifference difference : manifest.differences()) {
          for (DifferenceChunk chunk : difference.chunks()) {
            writeAll(out, chunks.read(chunk.digest(), chunk.size()));
          }
        }
        out.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Header and signatures: what stands before the manifest. */
  public static ByteBuffer head(byte[] manifestBytes, List<Signed> signatures, byte[] profile) {
    int size = PackageFile.HEADER_BYTES + signatures.size() * PackageFile.SIGNATURE_ENTRY;
    ByteBuffer head = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    head.put(PackageFile.MAGIC).put((byte) ManifestCodec.MAJOR).put((byte) ManifestCodec.MINOR);
    head.putShort((short) signatures.size()).putInt(manifestBytes.length).putInt(profile.length);
    for (Signed signed : signatures) {
      head.put(signed.key().raw()).put(signed.signature());
    }
    return head.flip();
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
