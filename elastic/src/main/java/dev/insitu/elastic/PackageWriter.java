package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.Signatures.Signed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;

/** Writes {@code .insitu} files: complete, then renamed into place. */
public final class PackageWriter {

  private PackageWriter() {}

  /**
   * Writes a package.
   *
   * @param target the file; replaced at once when all is written, untouched if anything fails
   * @param manifestBytes the manifest in its whole form
   * @param signatures at most {@link PackageFile#MAX_SIGNATURES}; none for an unsigned package
   * @param profile the profile the manifest names; empty to leave it out
   * @param chunks gives every chunk of the manifest, those beside the canonical order too
   * @throws ElasticException if the parts do not belong together
   */
  public static void write(
      Path target,
      byte[] manifestBytes,
      List<Signed> signatures,
      byte[] profile,
      ChunkSource chunks)
      throws IOException {
    Manifest manifest = ManifestCodec.expand(ByteBuffer.wrap(manifestBytes)).manifest();
    requireNamed(profile, manifest);
    ByteBuffer head = head(manifestBytes, signatures, profile);
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      try (FileChannel out =
          FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        writeAll(out, head);
        writeAll(out, ByteBuffer.wrap(manifestBytes));
        writeAll(out, ByteBuffer.wrap(profile));
        for (ChunkSpec chunk : manifest.chunks()) {
          copy(chunks, chunk.digest(), chunk.size(), out);
        }
        for (ObjectRef chunk : manifest.furtherChunks()) {
          copy(chunks, chunk.digest(), chunk.size(), out);
        }
        out.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void requireNamed(byte[] profile, Manifest manifest) {
    boolean named =
        manifest.profile().map(ref -> ref.digest().equals(Digest.sha256(profile))).orElse(false);
    if (profile.length > 0 && !named) {
      throw ElasticException.invalid(
          "The profile of " + profile.length + " bytes is not the one the manifest names.");
    }
  }

  private static void copy(ChunkSource chunks, Digest digest, int size, FileChannel out)
      throws IOException {
    ByteBuffer bytes = chunks.read(digest, size);
    if (bytes.remaining() != size) {
      throw ElasticException.corrupt(
          "Chunk "
              + digest.brief()
              + " has "
              + bytes.remaining()
              + " bytes instead of "
              + size
              + ".");
    }
    writeAll(out, bytes.duplicate());
  }

  /** Header and signatures: what stands before the manifest. */
  public static ByteBuffer head(byte[] manifestBytes, List<Signed> signatures, byte[] profile) {
    if (signatures.size() > PackageFile.MAX_SIGNATURES) {
      throw ElasticException.invalid(
          signatures.size()
              + " signatures; a package has at most "
              + PackageFile.MAX_SIGNATURES
              + ".");
    }
    int size = PackageFile.HEADER_BYTES + signatures.size() * PackageFile.SIGNATURE_ENTRY;
    ByteBuffer head = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    head.put(PackageFile.MAGIC)
        .put((byte) ManifestCodec.MAJOR)
        .put((byte) ManifestCodec.minorOf(manifestBytes));
    head.putShort((short) signatures.size()).putInt(manifestBytes.length).putInt(profile.length);
    for (Signed signed : signatures) {
      head.put(signed.key().raw()).put(signed.signature());
    }
    Buffers.flip(head);
    return head;
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
