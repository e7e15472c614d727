package dev.insitu.model;

import java.util.List;

/**
 * A model divided into segments, to be run one after the other.
 *
 * @param segments the segments
 * @param cuts where it was cut: one less than segments
 */
public record SegmentPlan(List<Segment> segments, List<Cut> cuts) {

  public SegmentPlan {
    segments = List.copyOf(segments);
    cuts = List.copyOf(cuts);
    if (segments.isEmpty() || cuts.size() != segments.size() - 1) {
      throw new IllegalArgumentException(segments.size() + " segments, " + cuts.size() + " cuts");
    }
  }
}
