package dev.insitu.runtime;

import dev.insitu.elastic.BlockTable;
import dev.insitu.elastic.SubModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds sessions of segments, and of heads of exits as segments after the others ({@link Parts}),
 * from what has been decoded and exchanges them.
 *
 * <p>First sessions share one generation, into which a block is written as soon as it is ready, so
 * that little is left to do when the last chunk of a segment comes. Later sessions get a generation
 * for each exchange; those of which everything is exact use the exact generation.
 */
final class SegmentBuilder {

  private final BuildContext context;
  private @Nullable Generation opening;
  private final int[] blockStamps; // per block of the opening generation: 0 not written early
  private int generations;

  SegmentBuilder(BuildContext context) {
    this.context = context;
    this.blockStamps = new int[context.manifest().blocks().blockCount()];
  }

  /** Writes those blocks of a chunk that have become ready for a first session. */
  void prepare(int chunk) throws IOException {
    for (int block : context.index().blocksOf(chunk).toArray()) {
      int tensor = context.manifest().blocks().tensorOf(block);
      boolean awaited =
          Arrays.stream(context.index().usersOf(tensor)).anyMatch(context.progress()::unopened);
      if (awaited && context.progress().blockReady(block) && blockStamps[block] == 0) {
        boolean written = context.store().writeBlock(block, openingGeneration());
        blockStamps[block] = written ? context.progress().stamp() : 0;
      }
    }
  }

  private Generation openingGeneration() throws IOException {
    if (opening == null) {
      opening = newGeneration();
    }
    return opening;
  }

  Generation newGeneration() throws IOException {
    generations++;
    return new Generation(context.work(), "generation-" + generations, context.manifest());
  }

  /** Opens the first session of a segment, if it is ready. */
  void openIfReady(int segment) throws IOException {
    if (!context.progress().canOpen(segment)) {
      return;
    }
    List<Integer> tensors = context.parts().get(segment).tensors();
    Generation home = context.store().exact(tensors);
    if (home == null) {
      home = openingGeneration();
      writeMissing(tensors, home).stream().forEach(this::correctStamp);
    }
    publish(build(Map.of(segment, home), context.options().opening()), null);
    int group = context.progress().groupOf(segment);
    int exit = segment - context.parts().segments();
    context
        .events()
        .tell(listener -> {
          if (exit < 0) {
            listener.onSegmentReady(segment, group);
          } else {
            listener.onExitReady(exit, group);
          }
        });
  }

  private BitSet writeMissing(List<Integer> tensors, Generation home) throws IOException {
    BitSet missing = new BitSet();
    tensors.stream().filter(tensor -> !home.has(tensor)).forEach(missing::set);
    if (!missing.isEmpty()) {
      context.store().write(missing, home, context.progress().stamp());
    }
    return missing;
  }

  /** A tensor in the opening generation knows what its oldest outdated block knows. */
  private void correctStamp(int tensor) {
    BlockTable table = context.manifest().blocks();
    for (int i = table.firstBlock(tensor); i < table.firstBlock(tensor + 1); i++) {
      boolean outdated =
          blockStamps[i] != 0 && !context.progress().blockUpToDate(i, blockStamps[i]);
      if (outdated && opening != null && blockStamps[i] < opening.stamp(tensor)) {
        opening.complete(tensor, blockStamps[i]);
      }
    }
  }

  /** Lets go of what only first sessions need. */
  void allOpened() {
    if (opening != null) {
      opening.release();
      opening = null;
      Arrays.fill(blockStamps, 0);
    }
  }

  /** Builds new sessions of segments from what has been decoded and exchanges them at once. */
  void rebuild(BitSet segments, Optimisation optimisation) throws IOException {
    Map<Integer, Generation> homes = new HashMap<>();
    Generation fresh = null;
    try {
      for (int i = segments.nextSetBit(0); i >= 0; i = segments.nextSetBit(i + 1)) {
        List<Integer> tensors = context.parts().get(i).tensors();
        Generation home = context.store().exact(tensors);
        if (home == null) {
          fresh = fresh == null ? newGeneration() : fresh;
          home = fresh;
          writeMissing(tensors, home);
        }
        homes.put(i, home);
      }
      publish(build(homes, optimisation), null);
    } finally {
      if (fresh != null) {
        fresh.release();
      }
    }
  }

  /** Builds new sessions of all segments over the weights they have and exchanges them at once. */
  void optimise(Optimisation optimisation) throws IOException {
    SessionSet base = context.sessions().lease();
    try {
      Map<Integer, Generation> homes = new HashMap<>();
      for (int part = 0; part < base.partCount(); part++) {
        GraphSession session = base.part(part);
        if (session != null) {
          homes.put(part, session.generation());
        }
      }
      publish(build(homes, optimisation), null);
    } finally {
      base.release();
    }
  }

  private Map<Integer, GraphSession> build(
      Map<Integer, Generation> homes, Optimisation optimisation) throws IOException {
    Map<Integer, GraphSession> built = new HashMap<>();
    try {
      for (Map.Entry<Integer, Generation> entry : homes.entrySet()) {
        GraphSession session =
            context.graphs().part(entry.getKey(), entry.getValue(), optimisation);
        built.put(entry.getKey(), session);
        if (!context.options().freeSegmentsAfterUse()) {
          session.open();
        }
      }
      return built;
    } catch (IOException | RuntimeException e) {
      built.values().forEach(GraphSession::release);
      throw e;
    }
  }

  /** Exchanges sessions; the new ones are taken over, whatever happens. */
  void publish(Map<Integer, GraphSession> replaced, @Nullable GraphSession whole) {
    SessionSet base;
    try {
      base = context.sessions().lease();
    } catch (InferenceException closed) {
      replaced.values().forEach(GraphSession::release);
      if (whole != null) {
        whole.release();
      }
      throw closed;
    }
    try {
      context.sessions().exchange(base.with(replaced, whole, active(base, replaced)));
    } finally {
      base.release();
    }
    replaced.forEach(
        (segment, session) -> context.progress().built(segment, session.generation()::stamp));
  }

  private SubModel active(SessionSet base, Map<Integer, GraphSession> replaced) {
    int[] stamps = new int[context.manifest().tensors().size()];
    for (int tensor = 0; tensor < stamps.length; tensor++) {
      boolean inGraph = context.index().usersOf(tensor).length > 0;
      stamps[tensor] = inGraph ? Progress.UNUSED : Integer.MAX_VALUE; // what none needs, all know
    }
    for (int segment = 0; segment < base.partCount(); segment++) {
      GraphSession kept = base.part(segment);
      GraphSession session = replaced.containsKey(segment) ? replaced.get(segment) : kept;
      if (session != null) {
        for (int tensor : context.parts().get(segment).tensors()) {
          int stamp = session.generation().stamp(tensor);
          int least = stamps[tensor];
          stamps[tensor] = least == Progress.UNUSED ? stamp : Math.min(least, stamp);
        }
      }
    }
    return context.progress().active(stamps);
  }

  /** The segments that have sessions which lack something decoded. */
  BitSet outdated() {
    SessionSet base = context.sessions().lease();
    try {
      BitSet found = new BitSet();
      for (int segment = 0; segment < base.partCount(); segment++) {
        GraphSession session = base.part(segment);
        found.set(
            segment,
            session != null && !context.progress().upToDate(segment, session.generation()::stamp));
      }
      return found;
    } finally {
      base.release();
    }
  }
}
