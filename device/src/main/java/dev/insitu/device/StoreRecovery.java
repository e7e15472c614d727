package dev.insitu.device;

import dev.insitu.device.JournalRecord.Location;
import dev.insitu.device.Segment.Part;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Brings a store's directory back into order after whatever ended the process before.
 *
 * @param index what the journal says
 * @param segments the segment files by number
 * @param journal open for appending
 */
record StoreRecovery(StoreIndex index, TreeMap<Integer, Segment> segments, StoreJournal journal) {

  private static final String SUFFIX = ".chunks";
  private static final int SPARE_RECORDS = 4096;

  static Path segmentPath(Path directory, int number) {
    return directory.resolve(String.format("%08d", number) + SUFFIX);
  }

  static StoreRecovery recover(Path directory, StoreGate gate) throws IOException {
    Files.createDirectories(directory);
    Path path = directory.resolve("journal");
    StoreIndex index = new StoreIndex();
    StoreJournal journal = StoreJournal.open(path, gate, index::apply);
    TreeMap<Integer, Segment> segments = new TreeMap<>();
    try {
      segments.putAll(openSegments(directory, gate));
      List<JournalRecord> lost = index.dropLost(lengths(segments));
      for (JournalRecord record : lost) {
        journal.append(record);
      }
      for (Location location : index.chunks().values()) {
        Segment segment = segments.get(location.segment());
        if (segment != null) {
          segment.liveBytes += location.size();
        }
      }
      for (Segment segment : segments.values()) {
        cutTail(segment, index);
      }
      deleteEmpty(segments);
      if (journal.records() > 4L * index.chunks().size() + SPARE_RECORDS) {
        journal.close();
        StoreJournal.rewrite(path, gate, index.records());
        journal = StoreJournal.open(path, gate, record -> {});
      }
      return new StoreRecovery(index, segments, journal);
    } catch (IOException | RuntimeException e) {
      journal.close();
      for (Segment segment : segments.values()) {
        segment.file.close();
      }
      throw e;
    }
  }

  private static Map<Integer, Segment> openSegments(Path directory, StoreGate gate)
      throws IOException {
    Map<Integer, Segment> segments = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        String number = name.substring(0, name.length() - SUFFIX.length());
        if (number.matches("[0-9]{1,9}")) {
          Segment segment = new Segment(Integer.parseInt(number), new AppendFile(file, gate));
          segments.put(segment.number, segment);
        }
      }
    }
    return segments;
  }

  private static Map<Integer, Long> lengths(Map<Integer, Segment> segments) {
    Map<Integer, Long> lengths = new HashMap<>();
    segments.forEach((number, segment) -> lengths.put(number, segment.file.length()));
    return lengths;
  }

  /** Cuts off what no record speaks of; a chunk that was begun stays with the bytes it has. */
  private static void cutTail(Segment segment, StoreIndex index) throws IOException {
    long length = segment.file.length();
    long keep = index.endOf(segment.number);
    Optional<JournalRecord> begun = index.begunIn(segment.number);
    if (begun.isPresent() && begun.get().location().offset() <= length) {
      Location location = begun.get().location();
      segment.part = new Part(begun.get().digest(), location.offset(), location.size());
      keep = Math.min(length, location.end());
    }
    if (keep < length) {
      segment.file.truncate(keep);
    }
  }

  private static void deleteEmpty(TreeMap<Integer, Segment> segments) throws IOException {
    for (Segment segment : List.copyOf(segments.values())) {
      if (segment.liveBytes == 0 && segment.partBytes() == 0) {
        segments.remove(segment.number);
        segment.file.delete();
      }
    }
  }
}
