package dev.insitu.elastic;

import dev.insitu.elastic.Manifest.ObjectRef;
import dev.insitu.elastic.Signatures.Signed;
import dev.insitu.elastic.Signatures.Trust;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A package in one file, {@code .insitu} (format, section 6), opened for reading. A file that was
 * cut off after its manifest is a package of the chunks it still holds whole. Safe for use by
 * several threads; interrupting one of them while it reads closes the file for all.
 */
public final class PackageFile implements AutoCloseable, ChunkSource {

  /** Most bytes of a profile. */
  public static final int MAX_PROFILE = 16 << 20;

  /** Most signatures. */
  public static final int MAX_SIGNATURES = 64;

  static final byte[] MAGIC = {'I', 'N', 'S', 'I', 'T', 'U', '\r', '\n'};
  static final int HEADER_BYTES = 20;
  static final int SIGNATURE_ENTRY = Signatures.KEY_BYTES + Signatures.SIGNATURE_BYTES;

  private final FileChannel channel;
  private final Path path;
  private final List<Signed> signatures;
  private final byte[] manifestBytes;
  private final byte[] profile;
  private final ManifestCodec.Body body;
  private final Manifest manifest;
  private final int chunksPresent;
  private final Map<Digest, Extent> extents;

  /**
   * Where a chunk lies in the file.
   *
   * @param offset bytes before it
   * @param size its bytes
   */
  private record Extent(long offset, int size) {}

  private PackageFile(FileChannel channel, Path path, Trust trust) throws IOException {
    this.channel = channel;
    this.path = path;
    ByteReader header = new ByteReader("package file " + path, readAt(0, HEADER_BYTES));
    byte[] magic = new byte[MAGIC.length];
    header.slice(MAGIC.length).get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw ElasticException.corrupt(
          path
              + " is not an .insitu package.\nMaybe it is an ONNX model: 'insitu pack' makes a package of it.");
    }
    ManifestCodec.requireMajor(header.u8());
    header.u8();
    int signatureCount = header.u16();
    int manifestLength = header.u32("its manifest's length", ManifestCodec.MAX_BYTES);
    int profileLength = header.u32("its profile's length", MAX_PROFILE);
    signatures = readSignatures(signatureCount);
    long position = HEADER_BYTES + (long) signatureCount * SIGNATURE_ENTRY;
    manifestBytes = readAt(position, manifestLength).array();
    body = ManifestCodec.expand(ByteBuffer.wrap(manifestBytes));
    trust.require(body.digest(), signatures);
    manifest = body.manifest();
    position += manifestLength;
    profile = readProfile(position, profileLength);
    extents = new HashMap<>();
    chunksPresent = locateChunks(position + profileLength);
  }

  /**
   * Opens a package and checks its signatures before anything else is believed.
   *
   * @throws ElasticException if it is untrusted, corrupt or too new
   */
  public static PackageFile open(Path path, Trust trust) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new NoSuchFileException(path.toString(), null, "there is no such package");
    }
    try {
      return new PackageFile(channel, path, trust);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private List<Signed> readSignatures(int count) throws IOException {
    if (count > MAX_SIGNATURES) {
      throw ElasticException.limit(
          path + " has " + count + " signatures; at most " + MAX_SIGNATURES + " are read.");
    }
    ByteBuffer bytes = readAt(HEADER_BYTES, count * SIGNATURE_ENTRY);
    List<Signed> read = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] key = new byte[Signatures.KEY_BYTES];
      byte[] signature = new byte[Signatures.SIGNATURE_BYTES];
      bytes.get(key).get(signature);
      read.add(new Signed(Signatures.Key.of(key), signature));
    }
    return List.copyOf(read);
  }

  private byte[] readProfile(long position, int length) throws IOException {
    if (length == 0) {
      return new byte[0];
    }
    ObjectRef expected =
        manifest
            .profile()
            .orElseThrow(() ->
                ElasticException.corrupt(
                    path + " holds a profile that its manifest does not name."));
    if (expected.size() == length && position + length > channel.size()) {
      return new byte[0]; // the file was cut: it has no chunks either
    }
    byte[] bytes = readAt(position, length).array();
    if (expected.size() != length || !expected.digest().equals(Digest.sha256(bytes))) {
      throw ElasticException.corrupt(
          "The profile in " + path + " is not the one its manifest names.");
    }
    return bytes;
  }

  private int locateChunks(long start) throws IOException {
    long position = start;
    long end = channel.size();
    int present = 0;
    for (ChunkSpec chunk : manifest.chunks()) {
      if (position + chunk.size() <= end) {
        extents.putIfAbsent(chunk.digest(), new Extent(position, chunk.size()));
        present++;
      }
      position += chunk.size();
    }
    for (ObjectRef chunk : manifest.furtherChunks()) {
      if (position + chunk.size() <= end) {
        extents.putIfAbsent(chunk.digest(), new Extent(position, chunk.size()));
      }
      position += chunk.size();
    }
    if (end > position) {
      throw ElasticException.corrupt(
          path + " has " + (end - position) + " bytes after its last chunk.");
    }
    return present;
  }

  public Path path() {
    return path;
  }

  public Manifest manifest() {
    return manifest;
  }

  /** The name of this package version. */
  public Digest digest() {
    return body.digest();
  }

  /** The expanded manifest, as a base for patches. */
  public ManifestCodec.Body body() {
    return body;
  }

  /** The manifest as it is in the file. A copy. */
  public byte[] manifestBytes() {
    return manifestBytes.clone();
  }

  /** The signatures in the file, of known keys or not. */
  public List<Signed> signatures() {
    return signatures;
  }

  /** The profile as it is in the file; empty if there is none or it was cut off. A copy. */
  public byte[] profile() {
    return profile.clone();
  }

  /** How many chunks of the canonical order the file holds whole. */
  public int chunksPresent() {
    return chunksPresent;
  }

  /** The largest sub-model the file holds. */
  public SubModel present() {
    return SubModel.prefix(manifest, chunksPresent);
  }

  @Override
  public ByteBuffer read(Digest digest, int size) throws IOException {
    Extent extent = extents.get(digest);
    if (extent == null) {
      throw new EOFException(
          path + " does not hold chunk " + digest.brief() + ".\nMaybe the file was cut.");
    }
    ByteBuffer bytes = readAt(extent.offset(), extent.size());
    if (extent.size() != size || !Digest.sha256(bytes).equals(digest)) {
      throw ElasticException.corrupt(
          "Chunk "
              + digest.brief()
              + " in "
              + path
              + " does not have its digest.\nMaybe the disk or the transfer damaged it.");
    }
    return bytes;
  }

  private ByteBuffer readAt(long position, int length) throws IOException {
    if (position + length > channel.size()) {
      throw ElasticException.corrupt(
          path
              + " ends at byte "
              + channel.size()
              + ", needed are "
              + (position + length)
              + ".\nMaybe it was cut in transfer.");
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new EOFException(path + " became shorter while it was read.");
      }
    }
    Buffers.flip(bytes);
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
