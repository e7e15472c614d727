package dev.insitu.library;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.VersionDifference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A chunk by its name.
 *
 * @param digest names the bytes
 * @param size how many bytes
 */
public record ChunkRef(Digest digest, int size) {

  public ChunkRef {
    Objects.requireNonNull(digest);
  }

  static ChunkRef of(ChunkSpec chunk) {
    return new ChunkRef(chunk.digest(), chunk.size());
  }

  static List<ChunkRef> of(VersionDifference difference) {
    return difference.chunks().stream()
        .map(chunk -> new ChunkRef(chunk.digest(), chunk.size()))
        .toList();
  }

  /** All chunks a version refers to, each once: canonical order, then those beside it. */
  static Set<ChunkRef> of(Manifest manifest) {
    Set<ChunkRef> refs = new LinkedHashSet<>();
    manifest.chunks().forEach(chunk -> refs.add(of(chunk)));
    manifest.furtherChunks().forEach(ref -> refs.add(new ChunkRef(ref.digest(), ref.size())));
    return refs;
  }
}
