package dev.insitu.device;

import dev.insitu.device.JournalRecord.Kind;
import dev.insitu.device.JournalRecord.Location;
import dev.insitu.elastic.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the records of a journal add up to. Pure: knows nothing of files. Not thread-safe. */
final class StoreIndex {

  private final Map<Digest, Location> chunks = new HashMap<>();
  private final Map<Integer, Long> ends = new HashMap<>(); // per segment: where its last chunk ends
  private final Map<Integer, JournalRecord> begun = new HashMap<>(); // per segment: not yet added
  private int lastSegment;

  /** Takes the next record. */
  void apply(JournalRecord record) {
    Location at = record.location();
    lastSegment = Math.max(lastSegment, at.segment());
    switch (record.kind()) {
      case BEGUN -> begun.put(at.segment(), record);
      case ADDED -> {
        chunks.put(record.digest(), at);
        ends.merge(at.segment(), at.end(), Math::max);
        begun.remove(at.segment());
      }
      case REMOVED -> chunks.remove(record.digest(), at);
    }
  }

  /** The chunks that are there. */
  Map<Digest, Location> chunks() {
    return chunks;
  }

  /** The highest number a segment ever had. */
  int lastSegment() {
    return lastSegment;
  }

  /** Where a segment's last chunk ends. */
  long endOf(int segment) {
    return ends.getOrDefault(segment, 0L);
  }

  /** The chunk that was being appended to a segment when its writer stopped. */
  Optional<JournalRecord> begunIn(int segment) {
    return Optional.ofNullable(begun.get(segment))
        .filter(record -> record.location().offset() >= endOf(segment));
  }

  /**
   * Forgets chunks whose bytes are not there, as a loss of power can leave it; returns their
   * records.
   */
  List<JournalRecord> dropLost(Map<Integer, Long> lengths) {
    List<JournalRecord> lost = new ArrayList<>();
    chunks.forEach((digest, at) -> {
      if (at.end() > lengths.getOrDefault(at.segment(), 0L)) {
        lost.add(new JournalRecord(Kind.REMOVED, digest, at));
      }
    });
    lost.forEach(this::apply);
    return lost;
  }

  /** The fewest records that add up to the same. */
  List<JournalRecord> records() {
    List<JournalRecord> records = new ArrayList<>();
    chunks.forEach((digest, at) -> records.add(new JournalRecord(Kind.ADDED, digest, at)));
    begun.forEach((segment, record) -> begunIn(segment).ifPresent(records::add));
    return records;
  }
}
