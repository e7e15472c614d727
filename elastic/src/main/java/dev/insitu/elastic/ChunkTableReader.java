package dev.insitu.elastic;

import dev.insitu.elastic.VersionDifference.DifferenceChunk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads the tables of chunks in a manifest's body: columns of equal length (format, section 5). */
final class ChunkTableReader {

  private final ByteReader reader;
  private final String chunk;
  private final int count;

  /**
   * @param chunk names a chunk in errors
   */
  private ChunkTableReader(ByteReader reader, String chunk) {
    this.reader = reader;
    this.chunk = chunk;
    this.count = reader.itemCount("the number of " + chunk + "s", Manifest.MAX_CHUNKS);
  }

  static List<ChunkSpec> chunks(ByteReader reader) {
    ChunkTableReader table = new ChunkTableReader(reader, "chunk");
    ByteBuffer tiers = reader.slice(table.count);
    ByteBuffer groups = reader.slice(table.count);
    int[] first = table.column("first block", BlockTable.MAX_BLOCKS);
    int[] length = table.column("number of blocks", BlockTable.MAX_BLOCKS);
    int[] size = table.column("size", ChunkSpec.MAX_BYTES);
    ByteBuffer errors = reader.slice(2 * table.count);
    List<ChunkSpec> chunks = new ArrayList<>();
    for (int i = 0; i < table.count; i++) {
      requireNarrowest(i, tiers.get(i) & 0xff);
      float error = Float.intBitsToFloat(errors.getShort(2 * i) << 16);
      int group = groups.get(i) & 0xff;
      int end = first[i] + length[i];
      chunks.add(new ChunkSpec(reader.digest(), size[i], group, first[i], end, error));
    }
    reader.end();
    return chunks;
  }

  private static void requireNarrowest(int chunk, int tier) {
    if (tier != 0) {
      throw new ElasticException(
          ElasticException.Reason.TOO_NEW,
          "Chunk "
              + chunk
              + " belongs to width tier "
              + tier
              + "; this version knows tier 0.\nMaybe update Insitu on this device.");
    }
  }

  static List<VersionDifference> differences(ByteReader reader, int tensors) {
    int count = reader.itemCount("the number of differences", Manifest.MAX_DIFFERENCES);
    List<VersionDifference> differences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      differences.add(difference(reader, tensors));
    }
    reader.end();
    return differences;
  }

  private static VersionDifference difference(ByteReader reader, int tensors) {
    Digest base = reader.digest();
    List<Integer> baseTensors = new ArrayList<>();
    for (int i = 0; i < tensors; i++) {
      baseTensors.add(reader.count("a base's tensor", Manifest.MAX_TENSORS) - 1);
    }
    return new VersionDifference(base, baseTensors, differenceChunks(reader));
  }

  private static List<DifferenceChunk> differenceChunks(ByteReader reader) {
    ChunkTableReader table = new ChunkTableReader(reader, "difference chunk");
    int[] first = table.column("first block", BlockTable.MAX_BLOCKS);
    int[] length = table.column("number of blocks", BlockTable.MAX_BLOCKS);
    int[] size = table.column("size", ChunkSpec.MAX_BYTES);
    List<DifferenceChunk> chunks = new ArrayList<>();
    for (int i = 0; i < table.count; i++) {
      int end = first[i] + length[i];
      chunks.add(new DifferenceChunk(reader.digest(), size[i], first[i], end));
    }
    return chunks;
  }

  static KeptRoot keptRoot(ByteReader reader) {
    Digest reference = reader.digest();
    Digest graph = reader.digest();
    int size = reader.count("the kept root's graph's size", ChunkSpec.MAX_BYTES);
    KeptRoot root =
        new KeptRoot(reference, new Manifest.ObjectRef(graph, size), differenceChunks(reader));
    reader.end();
    return root;
  }

  private int[] column(String name, int max) {
    int[] column = new int[count];
    for (int i = 0; i < count; i++) {
      column[i] = reader.count("a " + chunk + "'s " + name, max);
    }
    return column;
  }
}
