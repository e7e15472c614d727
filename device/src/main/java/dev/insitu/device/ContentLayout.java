package dev.insitu.device;

import dev.insitu.elastic.ChunkSpec;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.VersionDifference;
import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Range;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** Which chunk lies where in a plan's stream, after the manifest. Pure. */
final class ContentLayout {

  private final List<Piece> pieces;
  private final long bytes;

  /**
   * One chunk of the stream.
   *
   * @param digest of its bytes
   * @param size bytes
   * @param offset in the stream
   * @param chunk index in the manifest's table; -1 if it is a difference chunk
   */
  record Piece(Digest digest, int size, long offset, int chunk) {

    long end() {
      return offset + size;
    }
  }

  private ContentLayout(List<Piece> pieces, long bytes) {
    this.pieces = pieces;
    this.bytes = bytes;
  }

  /**
   * Lays the plan's chunks out.
   *
   * @throws ElasticException CORRUPT if the plan and the manifest contradict one another
   */
  static ContentLayout of(Plan plan, Manifest manifest) {
    List<Piece> pieces =
        plan.content().difference() ? differences(plan, manifest) : chunks(plan, manifest.chunks());
    long end = pieces.isEmpty() ? plan.manifestBytes() : pieces.get(pieces.size() - 1).end();
    if (end != plan.bytes()) {
      throw ElasticException.corrupt(
          "The plan announces "
              + plan.bytes()
              + " bytes; its chunks end at byte "
              + end
              + ".\nMaybe the server is broken; nothing was taken from it.");
    }
    return new ContentLayout(pieces, end);
  }

  private static List<Piece> chunks(Plan plan, List<ChunkSpec> table) {
    List<Piece> pieces = new ArrayList<>();
    long offset = plan.manifestBytes();
    for (Range range : plan.content().chunks()) {
      if (range.to() > table.size() || pieces.size() + range.to() - range.from() > table.size()) {
        throw ElasticException.corrupt(
            "The plan sends chunks up to "
                + range.to()
                + "; the package has "
                + table.size()
                + ".");
      }
      for (int i = range.from(); i < range.to(); i++) {
        ChunkSpec chunk = table.get(i);
        pieces.add(new Piece(chunk.digest(), chunk.size(), offset, i));
        offset += chunk.size();
      }
    }
    return pieces;
  }

  private static List<Piece> differences(Plan plan, Manifest manifest) {
    Optional<VersionDifference> difference = differenceOf(plan, manifest);
    if (difference.isEmpty()) {
      throw ElasticException.corrupt(
          "The plan sends a difference that the manifest does not have.");
    }
    List<Piece> pieces = new ArrayList<>();
    long offset = plan.manifestBytes();
    for (DifferenceChunk chunk : difference.get().chunks()) {
      pieces.add(new Piece(chunk.digest(), chunk.size(), offset, -1));
      offset += chunk.size();
    }
    return pieces;
  }

  /** The difference that a plan sends. */
  static Optional<VersionDifference> differenceOf(Plan plan, Manifest manifest) {
    return manifest.differences().stream()
        .filter(candidate -> plan.content().base().equals(Optional.of(candidate.base())))
        .findFirst();
  }

  List<Piece> pieces() {
    return pieces;
  }

  /** Bytes of the whole stream. */
  long bytes() {
    return bytes;
  }

  /**
   * The parts of the stream that must be read, in order. Short runs of chunks that are held are
   * read over, because to stop and to ask anew costs more.
   *
   * @param held whether a chunk is there
   * @param partBytes how much of a chunk is there that is not
   * @param readOver longest run of held bytes to read over
   */
  List<Interval> missing(Predicate<Digest> held, ToIntFunction<Digest> partBytes, long readOver) {
    List<Interval> intervals = new ArrayList<>();
    Set<Digest> planned = new HashSet<>(); // a chunk that occurs twice is fetched once
    long from = -1;
    long to = -1;
    for (Piece piece : pieces) {
      if (held.test(piece.digest()) || !planned.add(piece.digest())) {
        continue;
      }
      long start =
          piece.offset() + Math.min(piece.size() - 1, partBytes.applyAsInt(piece.digest()));
      if (from >= 0 && start - to > readOver) {
        intervals.add(new Interval(from, to));
        from = -1;
      }
      if (from < 0) {
        from = start;
      }
      to = piece.end();
    }
    if (from >= 0) {
      intervals.add(new Interval(from, to));
    }
    return intervals;
  }
}
