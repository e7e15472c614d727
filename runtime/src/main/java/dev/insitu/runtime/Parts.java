package dev.insitu.runtime;

import dev.insitu.elastic.ExitSpec;
import dev.insitu.elastic.Manifest;
import dev.insitu.elastic.SegmentSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What a model is built of, in one numbering: its segments, then the heads of its exits. */
final class Parts {

  private final Manifest manifest;
  private final List<SegmentSpec> all;

  Parts(Manifest manifest) {
    this.manifest = manifest;
    this.all = new ArrayList<>(manifest.segments());
    manifest.exits().forEach(exit -> all.add(exit.head()));
  }

  int count() {
    return all.size();
  }

  /** How many segments there are: the parts before the heads. */
  int segments() {
    return manifest.segments().size();
  }

  boolean isSegment(int part) {
    return part < segments();
  }

  /** The part that is the head of an exit. */
  int head(int exit) {
    return segments() + exit;
  }

  SegmentSpec get(int part) {
    return all.get(part);
  }

  /** Multiply-accumulates of all segments for one sample; 0 if unknown. */
  double segmentMacs() {
    return manifest.macs();
  }

  List<ExitSpec> exits() {
    return manifest.exits();
  }

  /** The number of the exit at a depth; -1 if there is none. */
  int exitAt(int depth) {
    for (int exit = 0; exit < exits().size(); exit++) {
      if (exits().get(exit).depth() == depth) {
        return exit;
      }
    }
    return -1;
  }

  /** The parts without which a model of a depth does not run. */
  BitSet needed(int depth) {
    BitSet needed = new BitSet();
    needed.set(0, depth);
    int exit = exitAt(depth);
    if (exit >= 0) {
      needed.set(head(exit));
    }
    return needed;
  }

  /** A part in words, to begin a sentence with. */
  String name(int part) {
    return isSegment(part)
        ? "Segment " + part
        : "The exit after segment " + exits().get(part - segments()).after();
  }
}
