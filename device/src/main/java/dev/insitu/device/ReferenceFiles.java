package dev.insitu.device;

import dev.insitu.elastic.ChunkSource;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.runtime.DifferenceSweep;
import dev.insitu.runtime.WeightFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
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
        new DifferenceSweep(
                target.blocks(),
                chunks,
                base.blocks(),
                difference.baseTensors()::get,
                from,
                (block, values) -> write(to, target.blocks().offset(block), values))
            .run(difference.chunks());
        to.force(true);
      }
      requireReference(target, targetDigest, unfinished);
      Files.move(unfinished, path(targetDigest), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
      Files.deleteIfExists(assembled);
    }
  }

  private static void write(FileChannel to, long offset, ByteBuffer values) throws IOException {
    long position = offset;
    while (values.hasRemaining()) {
      position += to.write(values, position);
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
}
