package dev.insitu.device;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * The chunk store's memory: records appended to one file. A record that was torn by a crash is cut
 * off, one that was damaged later is passed over; the rest stays valid, as records have one size.
 */
final class StoreJournal implements Closeable {

  private static final byte[] MAGIC = "INSJRNL1".getBytes(StandardCharsets.US_ASCII);
  private static final int READ_RECORDS = 1024;

  private final AppendFile file;

  private StoreJournal(AppendFile file) {
    this.file = file;
  }

  /**
   * Opens the journal and replays its records in order.
   *
   * @throws DeviceException STORAGE if the file is something else
   */
  static StoreJournal open(Path path, StoreGate gate, Consumer<JournalRecord> replay)
      throws IOException {
    AppendFile file = new AppendFile(path, gate);
    StoreJournal journal = new StoreJournal(file);
    try {
      journal.start();
      journal.replay(replay);
      return journal;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void start() throws IOException {
    if (file.length() < MAGIC.length) {
      file.truncate(0);
      file.append(ByteBuffer.wrap(MAGIC));
      return;
    }
    ByteBuffer magic = ByteBuffer.allocate(MAGIC.length);
    file.read(magic, 0);
    if (!Buffers.flip(magic).equals(ByteBuffer.wrap(MAGIC))) {
      throw new DeviceException(
          DeviceException.Reason.STORAGE,
          file.path()
              + " is not the journal of a chunk store.\nMaybe the directory belongs to another"
              + " program, or to a newer version of this one.");
    }
  }

  private void replay(Consumer<JournalRecord> replay) throws IOException {
    long records = (file.length() - MAGIC.length) / JournalRecord.BYTES;
    long end = MAGIC.length + records * JournalRecord.BYTES;
    for (long at = MAGIC.length; at < end; ) {
      int bytes = (int) Math.min(end - at, (long) READ_RECORDS * JournalRecord.BYTES);
      ByteBuffer some = ByteBuffer.allocate(bytes);
      file.read(some, at);
      Buffers.flip(some);
      while (some.hasRemaining()) {
        JournalRecord record = JournalRecord.read(some);
        if (record != null) {
          replay.accept(record);
        }
      }
      at += bytes;
    }
    file.truncate(end);
  }

  /** Number of records. */
  long records() {
    return (file.length() - MAGIC.length) / JournalRecord.BYTES;
  }

  /** Bytes on disk. */
  long bytes() {
    return file.length();
  }

  synchronized void append(JournalRecord record) throws IOException {
    file.append(record.toBytes());
  }

  /** Makes the records survive the loss of power. */
  void force() throws IOException {
    file.force();
  }

  /** Replaces a journal, which must not be open, by one with just these records. */
  static void rewrite(Path path, StoreGate gate, Collection<JournalRecord> records)
      throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (StoreJournal journal = open(fresh, gate, record -> {})) {
      for (JournalRecord record : records) {
        journal.append(record);
      }
      journal.force();
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
