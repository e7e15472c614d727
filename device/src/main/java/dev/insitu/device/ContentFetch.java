package dev.insitu.device;

import dev.insitu.device.ContentLayout.Piece;
import dev.insitu.elastic.Digest;
import dev.insitu.elastic.ElasticException;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.ManifestCodec;
import dev.insitu.elastic.plan.Plan;
import dev.insitu.elastic.plan.Plan.ManifestForm;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings what a plan's stream holds into the store: the manifest first, then chunk after chunk,
 * each verified when it is whole. What is there already, in part or in whole, is not asked for
 * again, whatever ended the attempt before. For one thread.
 */
final class ContentFetch implements ContentStream.Sink, Closeable {

  /** How often the same bytes may come wrong before the server is given up. */
  static final int MOST_WRONG = 3;

  /** To stop, ask anew and begin slowly costs more than to read over so many bytes. */
  private static final long READ_OVER = 16 << 10;

  private final Plan plan;
  private final ContentStream stream;
  private final ChunkStore store;
  private final ManifestInflow manifestIn;
  private final ManifestSource base;
  private final Events events;
  private final Tally tally;
  private final ChunkInflow inflow;
  private final Map<Long, Integer> wrong = new TreeMap<>(); // by offset in the stream
  private @Nullable Manifest manifest;
  private @Nullable ContentLayout layout;
  private int cursor; // index of a piece near the last bytes
  private int inFlight; // bytes of the chunk in flight that this process has read
  private long verified; // bytes of the stream that are here and right
  private long spared; // bytes of a manifest that need not come

  /** Gives the manifest that a patch is against. */
  interface ManifestSource {
    ManifestCodec.@Nullable Body load() throws IOException;
  }

  /** What is told as it happens, on the thread that fetches. */
  interface Events {

    /**
     * The manifest is here and has the digest that was signed.
     *
     * @param bytes as they came
     */
    void manifest(ManifestCodec.Body body, Manifest manifest, byte[] bytes) throws IOException;

    /** A chunk is here and has its digest. */
    void chunk(Piece piece);

    /** Some bytes have come. */
    void progress() throws IOException;
  }

  ContentFetch(
      Plan plan,
      ContentStream stream,
      ChunkStore store,
      ManifestInflow manifestIn,
      ManifestSource base,
      Events events,
      Tally tally) {
    this.plan = plan;
    this.stream = stream;
    this.store = store;
    this.manifestIn = manifestIn;
    this.base = base;
    this.events = events;
    this.tally = tally;
    this.inflow = store.openInflow();
  }

  /**
   * Spares the manifest, which is on the device already.
   *
   * @throws AnswerException.Refused if the plan does not fit it
   */
  void useManifest(Manifest known) throws IOException {
    spared = plan.manifestBytes();
    arrange(known);
  }

  /** Fetches all that is missing. Can be called again after a failure. */
  void run() throws IOException {
    int attempts = 0;
    while (layout == null) {
      if (manifestIn.isWhole() && finishManifest()) {
        break;
      }
      if (plan.content().form() == ManifestForm.HELD || attempts++ == MOST_WRONG) {
        throw new AnswerException.Refused(
            DeviceException.Reason.CORRUPT, "The manifest of " + what() + " cannot be had.");
      }
      stream.read(new Interval(manifestIn.received(), plan.bytes()), this);
    }
    finishWholeParts();
    while (true) {
      List<Interval> missing =
          requireLayout().missing(store::contains, inflow::partBytes, READ_OVER);
      if (missing.isEmpty()) {
        return;
      }
      stream.read(missing.get(0), this);
    }
  }

  /** Bytes of {@link #totalBytes} that are on the device, those of the chunk in flight included. */
  long doneBytes() {
    return layout == null ? manifestIn.received() : verifiedBytes() + inflow.received();
  }

  /** Bytes of {@link #totalBytes} that are on the device and right. */
  long verifiedBytes() {
    return verified - spared;
  }

  /** Bytes of the stream, without a manifest that need not come. */
  long totalBytes() {
    return plan.bytes() - spared;
  }

  @Override
  public boolean accept(byte[] bytes, int offset, int length, long position) throws IOException {
    int used = 0;
    boolean more = true;
    while (used < length && more) {
      int left = length - used;
      if (layout == null) {
        int taken =
            StorageException.guard(() -> manifestIn.append(bytes, length - left + offset, left));
        tally.addUseful(taken);
        used += taken;
        more = !manifestIn.isWhole() || finishManifest();
      } else {
        used += acceptChunk(bytes, offset + used, left, position + used);
        more = wantsNext(position + used);
      }
    }
    tally.addRepeated(length - used);
    events.progress();
    return more;
  }

  private boolean finishManifest() throws IOException {
    byte[] bytes = StorageException.guard(manifestIn::bytes);
    ManifestCodec.Body body;
    try {
      body = ManifestCodec.expand(ByteBuffer.wrap(bytes), base.load());
      if (!body.digest().equals(plan.content().manifest())) {
        throw ElasticException.corrupt(
            "The manifest of "
                + what()
                + " has the digest "
                + body.digest().brief()
                + " instead of "
                + plan.content().manifest().brief()
                + ".");
      }
    } catch (ElasticException e) {
      return wrongManifest(bytes.length, e);
    }
    arrange(readable(body));
    events.manifest(body, requireManifest(), bytes);
    StorageException.guard(() -> {
      manifestIn.delete();
      return true;
    });
    return true;
  }

  private Manifest requireManifest() {
    if (manifest == null) {
      throw new IllegalStateException("The manifest has not arrived");
    }
    return manifest;
  }

  private boolean wrongManifest(int size, ElasticException problem) throws IOException {
    tally.lose(Math.min(size, tally.counters().useful()));
    StorageException.guard(() -> {
      manifestIn.reset();
      return true;
    });
    if (problem.reason() == ElasticException.Reason.TOO_NEW) {
      throw refused(DeviceException.Reason.TOO_NEW, problem);
    }
    if (countWrong(-1) >= MOST_WRONG) {
      throw refused(DeviceException.Reason.CORRUPT, problem);
    }
    return false;
  }

  private static Manifest readable(ManifestCodec.Body body) throws AnswerException.Refused {
    try {
      return body.manifest();
    } catch (ElasticException e) {
      boolean tooNew = e.reason() == ElasticException.Reason.TOO_NEW;
      throw refused(tooNew ? DeviceException.Reason.TOO_NEW : DeviceException.Reason.UNUSABLE, e);
    }
  }

  private void arrange(Manifest arrived) throws AnswerException.Refused {
    try {
      manifest = arrived;
      layout = ContentLayout.of(plan, arrived);
    } catch (ElasticException e) {
      throw refused(DeviceException.Reason.SERVER, e);
    }
    verified = plan.manifestBytes();
    for (Piece piece : requireLayout().pieces()) {
      if (store.contains(piece.digest())) {
        verified += piece.size();
      }
    }
  }

  private static AnswerException.Refused refused(
      DeviceException.Reason reason, ElasticException problem) {
    return new AnswerException.Refused(reason, String.valueOf(problem.getMessage()));
  }

  private ContentLayout requireLayout() {
    if (layout == null) {
      throw new IllegalStateException("The manifest has not arrived");
    }
    return layout;
  }

  /** Verifies chunks all bytes of which came before the process ended. */
  private void finishWholeParts() throws IOException {
    for (Piece piece : requireLayout().pieces()) {
      if (inflow.partBytes(piece.digest()) == piece.size() && !store.contains(piece.digest())) {
        inFlight = 0;
        StorageException.guard(() -> inflow.begin(piece.digest(), piece.size()));
        finish(piece);
      }
    }
  }

  /** Takes bytes of the piece at a position; returns how many belong to it. */
  private int acceptChunk(byte[] bytes, int offset, int length, long position) throws IOException {
    Piece piece = pieceAt(position);
    int within = (int) (position - piece.offset());
    int mine = Math.min(length, piece.size() - within);
    if (store.contains(piece.digest())) {
      tally.addRepeated(mine);
      return mine;
    }
    int have = StorageException.guard(() -> inflow.begin(piece.digest(), piece.size()));
    if (within == 0 || have == 0) {
      inFlight = 0;
    }
    int known = Math.min(mine, have - within);
    if (known < 0) {
      throw new StorageException(new IOException("Bytes of a chunk disappeared from the disk"));
    }
    tally.addRepeated(known);
    if (known < mine) {
      StorageException.guard(() -> {
        inflow.append(bytes, offset + known, mine - known);
        return true;
      });
      tally.addUseful(mine - known);
      inFlight += mine - known;
    }
    if (inflow.received() == piece.size()) {
      finish(piece);
    }
    return mine;
  }

  private void finish(Piece piece) throws IOException {
    if (StorageException.guard(inflow::finish)) {
      verified += piece.size();
      events.chunk(piece);
      return;
    }
    tally.lose(inFlight);
    inFlight = 0;
    if (countWrong(piece.offset()) >= MOST_WRONG) {
      throw new AnswerException.Refused(
          DeviceException.Reason.CORRUPT,
          "Chunk "
              + piece.digest().brief()
              + " of "
              + what()
              + " came "
              + MOST_WRONG
              + " times with bytes that do not have its digest.\nMaybe the server's disk is damaged;"
              + " try another server.");
    }
    repair(piece);
  }

  /** Fetches a chunk again at once, on a connection of its own, while the stream is held back. */
  private void repair(Piece piece) throws IOException {
    try {
      stream.read(new Interval(piece.offset(), piece.end()), this);
    } catch (AnswerException | StorageException e) {
      throw e;
    } catch (IOException e) {
      // the connection broke: the chunk is missing still and has its turn when the stream has ended
      inFlight = 0;
    }
  }

  private int countWrong(long offset) {
    return wrong.merge(offset, 1, Integer::sum);
  }

  /** Whether bytes that are missing lie at a position or soon after it. */
  private boolean wantsNext(long position) {
    List<Piece> pieces = requireLayout().pieces();
    if (position >= requireLayout().bytes()) {
      return false;
    }
    Piece piece = pieceAt(position);
    int index = cursor;
    while (store.contains(piece.digest())) {
      if (piece.end() - position > READ_OVER || ++index == pieces.size()) {
        return false;
      }
      piece = pieces.get(index);
    }
    return piece.offset() - position <= READ_OVER;
  }

  private Piece pieceAt(long position) {
    List<Piece> pieces = requireLayout().pieces();
    int low = 0;
    int high = pieces.size() - 1;
    if (contains(pieces, cursor, position)) {
      low = cursor;
      high = cursor;
    } else if (contains(pieces, cursor + 1, position)) {
      low = cursor + 1;
      high = low;
    }
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (pieces.get(middle).offset() <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    cursor = low;
    return pieces.get(low);
  }

  private static boolean contains(List<Piece> pieces, int index, long position) {
    return index < pieces.size()
        && pieces.get(index).offset() <= position
        && position < pieces.get(index).end();
  }

  private String what() {
    Digest digest = plan.content().manifest();
    return "'" + plan.model() + "' " + plan.version() + " (" + digest.brief() + ")";
  }

  @Override
  public void close() throws IOException {
    inflow.close();
    manifestIn.close();
  }
}
