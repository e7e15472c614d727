package dev.insitu.device;

import dev.insitu.elastic.Block;
import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.codec.DifferenceCodec;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The weight files of versions that came as differences: exact values, named by the manifest's
 * digest.
 */
final class ReferenceFiles {

  private static final String SUFFIX = ".weights";
  private static final String UNFINISHED = ".unfinished";

  private final Path directory;

  ReferenceFiles(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    retainFinished();
  }

  private void retainFinished() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + UNFINISHED)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  Path path(Digest manifest) {
    return directory.resolve(manifest.hex() + SUFFIX);
  }

  boolean has(Digest manifest) {
    return Files.exists(path(manifest));
  }

  /** Bytes on disk. */
  long usedBytes() throws IOException {
    long sum = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        sum += Files.size(file);
      }
    }
    return sum;
  }

  /** Deletes all but these. */
  void retain(Collection<Digest> manifests) throws IOException {
    Set<String> names = manifests.stream().map(Digest::hex).collect(Collectors.toSet());
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!names.contains(name.substring(0, name.length() - SUFFIX.length()))) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Makes the weight file of a version from that of the version before and the difference chunks.
   * It appears at once and only if it has the manifest's reference digest.
   *
   * @param target the new version
   * @param targetDigest of its manifest
   * @param base the version before, all of whose chunks are in {@code chunks} unless it has a
   *     weight file itself
   * @param chunks holds the difference chunks
   * @throws ElasticException CORRUPT if the values are not the reference's
   */
  void make(
      Manifest target,
      Digest targetDigest,
      VersionDifference difference,
      Manifest base,
      ChunkSource chunks)
      throws IOException {
    difference.requireFits(target, base);
    Path unfinished = directory.resolve(targetDigest.hex() + UNFINISHED);
    Path baseFile = path(difference.base());
    Path assembled = directory.resolve(difference.base().hex() + UNFINISHED);
    Files.deleteIfExists(unfinished);
    Files.deleteIfExists(assembled);
    try {
      if (!Files.exists(baseFile)) {
        WeightFile.assembleReference(base, chunks, assembled);
        baseFile = assembled;
      }
      try (FileChannel from = FileChannel.open(baseFile, StandardOpenOption.READ);
          FileChannel to =
              FileChannel.open(
                  unfinished,
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE)) {
        new Applying(target, difference, base.blocks(), chunks, from, to).run();
        to.force(true);
      }
      requireReference(target, targetDigest, unfinished);
      Files.move(unfinished, path(targetDigest), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
      Files.deleteIfExists(assembled);
    }
  }

  private static void requireReference(Manifest target, Digest digest, Path file)
      throws IOException {
    Digest found = WeightFile.digest(target, file);
    if (!found.equals(target.header().reference())) {
      throw ElasticException.corrupt(
          "The differences of '"
              + target.name()
              + "' "
              + target.header().version()
              + " ("
              + digest.brief()
              + ") give values with the digest "
              + found.brief()
              + " instead of "
              + target.header().reference().brief()
              + ".\nMaybe the package was made wrongly; the version before serves on.");
    }
  }

  /** One application of a difference, block after block. */
  private record Applying(
      Manifest target,
      VersionDifference difference,
      BlockTable baseTable,
      ChunkSource chunks,
      FileChannel from,
      FileChannel to) {

    void run() throws IOException {
      int next = 0;
      for (DifferenceChunk chunk : difference.chunks()) {
        for (int block = next; block < chunk.firstBlock(); block++) {
          copy(target.blocks().block(block));
        }
        apply(chunk);
        next = chunk.endBlock();
      }
      for (int block = next; block < target.blocks().blockCount(); block++) {
        copy(target.blocks().block(block));
      }
    }

    private void copy(Block block) throws IOException {
      write(block, baseValues(block));
    }

    private void apply(DifferenceChunk chunk) throws IOException {
      List<Block> blocks = new ArrayList<>();
      List<ByteBuffer> values = new ArrayList<>();
      for (int i = chunk.firstBlock(); i < chunk.endBlock(); i++) {
        Block block = target.blocks().block(i);
        blocks.add(block);
        values.add(baseValues(block));
      }
      DifferenceCodec.decode(blocks, values, chunks.read(chunk.digest(), chunk.size()), values);
      for (int i = 0; i < values.size(); i++) {
        write(blocks.get(i), values.get(i));
      }
    }

    /** The base's values in a block's place; zeros where it has none. */
    private ByteBuffer baseValues(Block block) throws IOException {
      ByteBuffer values = ByteBuffer.allocate(block.byteLength());
      int mapped = difference.baseTensors().get(block.tensorIndex());
      if (mapped >= 0) {
        long offset = baseTable.offset(mapped) + block.byteOffset();
        while (values.hasRemaining()) {
          if (from.read(values, offset + values.position()) < 0) {
            throw new IOException("The weight file of the version before is too short");
          }
        }
      }
      return Buffers.position(values, 0);
    }

    private void write(Block block, ByteBuffer values) throws IOException {
      long offset = target.blocks().offset(block);
      ByteBuffer rest = values.duplicate();
      while (rest.hasRemaining()) {
        offset += to.write(rest, offset);
      }
    }
  }
}
